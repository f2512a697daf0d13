import { expect, test } from 'vitest';
import type { ClassReport, Grade } from '../classroom/grade-report.ts';
import { compareGrades, differences, withoutTimes } from './compare-grades.ts';
import type { MadeAnswer } from './make-class.ts';

const answer: MadeAnswer = {
  student: 'ada',
  kata: '03-three-fetches',
  name: 'wrong/two-batches',
  expected: ['fail'],
  fails: ['sends three'],
};

function reportOf(grade: Partial<Grade>, red: readonly string[] = []): ClassReport {
  const tests = ['sends three', 'keeps order'].map((name) => ({
    name,
    verdict: red.includes(name) ? 'fail' : 'pass',
    failure: null,
    spans: [],
    virtual: true,
    virtualMs: 5,
  }));
  const own = { student: 'ada', kata: answer.kata, verdict: 'fail', reason: null, tests };
  return { gradedAt: 'now', grades: [{ ...own, ...grade }] } as unknown as ClassReport;
}

test('an answer with the verdict and the red tests that it had to have is as it had to be', () => {
  expect(compareGrades([answer], reportOf({}, ['sends three']))).toEqual([]);
});

test.each([
  [reportOf({ verdict: 'pass' }), 'Expected fail, got pass.'],
  [
    reportOf({ verdict: 'tampered', reason: 'It changed Map.' }),
    'Expected fail, got tampered (It changed Map.).',
  ],
  [
    reportOf({}, ['keeps order']),
    '"sends three" must reject it, and did not. "keeps order" rejected it too.',
  ],
  [reportOf({ student: 'bob' }), 'It was not graded.'],
])('what is not is told %#', (report, problem) => {
  expect(compareGrades([answer], report)).toEqual([
    { answer: 'ada 03-three-fetches wrong/two-batches', problem },
  ]);
});

test('times are no difference: of the run, and of tests in real time', () => {
  const real = (ms: number): Partial<Grade> => ({
    judgedMs: ms,
    tests: [
      {
        name: 'holds',
        verdict: 'fail',
        failure: {
          kind: 'held',
          message: `It held the loop for ${ms} ms.`,
          location: null,
          advice: null,
          diff: null,
        },
        spans: [],
        virtual: false,
        virtualMs: ms,
      },
    ],
  });

  expect(withoutTimes(reportOf(real(51)))).toBe(withoutTimes(reportOf(real(1203.5))));
});

test('a test that is not there, and another timeline in virtual time, are differences', () => {
  const [span] = [
    { label: 'fetch', kind: 'request', start: 0, end: 5, outcome: 'done', where: null },
  ];
  const [both, none] = [reportOf({}), reportOf({ tests: [] })];
  const tests = both.grades[0]!.tests.map((one) => Object.assign({}, one, { spans: [span] }));
  const drawn = reportOf({ tests });

  const place = String.raw`^grades\.ada 03-three-fetches\.tests\.`;
  expect(differences(withoutTimes(both), withoutTimes(none))).toEqual([
    expect.stringMatching(new RegExp(`${place}"sends three": \\{"name".*\\} \\| nothing$`)),
    expect.stringMatching(new RegExp(`${place}"keeps order": `)),
  ]);
  expect(differences(withoutTimes(both), withoutTimes(drawn))[0]).toMatch(
    new RegExp(String.raw`${place}"sends three"\.spans\.0: nothing \| \{"label":"fetch"`),
  );
});
