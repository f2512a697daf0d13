import { realTurn } from '../trace/real-time.ts';
import { expect, onTestFinished, test } from 'vitest';
import { gradeClass, type GradeProgress } from './grade-class.ts';
import type { ClassReport } from './grade-report.ts';
import { madeKatas, madeParts, madeStudent } from './store/fixtures/made-class.ts';
import { VerdictStore } from './store/verdict-store.ts';

function openStore(): VerdictStore {
  const store = VerdictStore.open(':memory:');
  onTestFinished(() => store.close());
  return store;
}

function verdicts({ grades }: ClassReport): string[] {
  return grades.map(({ student, kata, verdict }) => `${student} ${kata.slice(0, 2)} ${verdict}`);
}

const ada = madeStudent('ada', { '01-first': 'pass', '02-second': 'fail', '03-third': 'policy' });
const bob = madeStudent('bob', { '01-first': 'pass', '02-second': 'timeout' });

test('a class is refused, judged, or missing, in the order of students and katas', async () => {
  const parts = madeParts([ada, bob]);

  const { report } = await gradeClass({ katas: madeKatas, parts, store: openStore() });

  expect(verdicts(report)).toEqual([
    'ada 01 pass',
    'ada 02 fail',
    'ada 03 refused',
    'bob 01 pass',
    'bob 02 timeout',
    'bob 03 missing',
  ]);
  expect(report.grades[2]!.reason).toBe('answer.ts:3 An answer needs no `eval`.');
  expect(report.grades.map(({ allTests }) => allTests)).toEqual([2, 2, 2, 2, 2, 2]);
  expect(report.katas[0]).toMatchObject({ weight: 1, tests: ['one', 'two'] });
});

test('the same answer of two students is judged once', async () => {
  const parts = madeParts([ada, bob]);

  await gradeClass({ katas: madeKatas, parts, store: openStore() });

  expect(parts.judged).toEqual(['01-first pass', '02-second fail', '02-second timeout']);
});

test('a second run is served from the store, without a judge, and reports the same', async () => {
  const store = openStore();
  const first = await gradeClass({ katas: madeKatas, parts: madeParts([ada, bob]), store });
  const parts = {
    ...madeParts([ada, bob]),
    openJudge: () => Promise.reject(new Error('No judge is needed.')),
  };

  const second = await gradeClass({ katas: madeKatas, parts, store });

  expect(second.judged).toBe(0);
  expect({ ...second.report, gradedAt: '' }).toEqual({ ...first.report, gradedAt: '' });
});

test('another harness judges again', async () => {
  const store = openStore();
  await gradeClass({ katas: madeKatas, parts: madeParts([bob]), store });
  const parts = madeParts([bob], { harness: 'newer' });

  await gradeClass({ katas: madeKatas, parts, store });

  expect(parts.judged).toEqual(['01-first pass', '02-second timeout']);
});

test('what could not be judged is tried again after all others, and is never known', async () => {
  const store = openStore();
  const submissions = [
    madeStudent('ada', { '01-first': 'inconclusive', '02-second': 'throws', '03-third': 'pass' }),
  ];
  const parts = madeParts(submissions);

  const { report } = await gradeClass({ katas: madeKatas, parts, store });

  expect(parts.judged.map((text) => text.slice(0, 2))).toEqual(['01', '02', '03', '01', '02']);
  expect(verdicts(report)).toEqual(['ada 01 inconclusive', 'ada 02 infrastructure', 'ada 03 pass']);
  expect(report.grades[1]!.reason).toBe('The grader failed: no disk');
  for (const { submission, kata, harness, verdict } of report.grades) {
    expect(store.get({ submission, kata, harness })?.verdict ?? null).toBe(
      verdict === 'pass' ? 'pass' : null,
    );
  }
});

test('what is unknown is left alone by the next run, and judged by one that is told to', async () => {
  const store = openStore();
  const submissions = [madeStudent('ada', { '01-first': 'inconclusive', '02-second': 'pass' })];
  const judged: number[] = [];

  for (const rerunUnknown of [false, false, true]) {
    const parts = madeParts(submissions);
    await gradeClass({ katas: madeKatas, parts, store, rerunUnknown });
    judged.push(parts.judged.length);
  }

  expect(judged).toEqual([3, 0, 2]);
});

test('a regrade judges all anew and tells what changed', async () => {
  const store = openStore();
  const first = await gradeClass({
    katas: madeKatas,
    parts: madeParts([madeStudent('ada', { '01-first': 'pass', '02-second': 'fail' })]),
    store,
  });
  store.remember(first.report.grades, { endsRegrade: false });
  const parts = madeParts([madeStudent('ada', { '01-first': 'pass', '02-second': 'pass anew' })]);

  const { changes, report } = await gradeClass({ katas: madeKatas, parts, store, regrade: true });

  expect(first.changes).toBe(null);
  expect(parts.judged).toHaveLength(2);
  expect(changes).toEqual([
    {
      student: 'ada',
      kata: '02-second',
      before: { verdict: 'fail', passedTests: 1, allTests: 2 },
      after: { verdict: 'pass', passedTests: 2, allTests: 2 },
    },
  ]);
  expect(report.grades[0]!.seed).not.toBe(first.report.grades[0]!.seed);
});

test('a regrade that was cut off goes on, and judges nothing twice', async () => {
  const store = openStore();
  await gradeClass({ katas: madeKatas, parts: madeParts([ada]), store });
  const ending = new AbortController();
  const cut = madeParts([ada], {
    before: async () => {
      if (cut.judged.length === 2) ending.abort(new Error('stop'));
    },
  });
  const parts = madeParts([ada]);

  await expect(
    gradeClass({ katas: madeKatas, parts: cut, store, regrade: true, signal: ending.signal }),
  ).rejects.toThrow('stop');
  const { wentOn } = await gradeClass({ katas: madeKatas, parts, store, regrade: true });

  expect(wentOn).toBe(true);
  expect(cut.judged).toEqual(['01-first pass', '02-second fail']);
  expect(parts.judged).toEqual(['02-second fail']);
});

test('an aborted run ends at once, though an answer is under way', async () => {
  const ending = new AbortController();
  const parts = madeParts([ada], {
    before: () => {
      ending.abort(new Error('stop'));
      return new Promise(() => {});
    },
  });

  const run = gradeClass({
    katas: madeKatas,
    parts,
    store: openStore(),
    signal: ending.signal,
  });

  await expect(run).rejects.toThrow('stop');
  expect(parts.desks.closed).toBe(true);
});

test('as many students are judged at the same time as there are jobs', async () => {
  const class_ = ['ada', 'bob', 'cy', 'dan'].map((id) =>
    madeStudent(id, { '01-first': `pass ${id}` }),
  );
  const parts = madeParts(class_, { before: realTurn });

  await gradeClass({ katas: madeKatas, parts, store: openStore(), jobs: 2 });

  expect(parts.desks).toEqual({ open: 0, most: 2, closed: true });
});

test('late is who handed in after the due time, by the time of the download alone', async () => {
  const due = new Date('2026-03-01T12:00:00Z');
  const class_ = [
    madeStudent('early', {}, new Date('2026-03-01T12:00:00Z')),
    madeStudent('late', {}, new Date('2026-03-01T12:00:01Z')),
    madeStudent('unknown', {}),
  ];

  const { report } = await gradeClass({
    katas: madeKatas,
    parts: madeParts(class_),
    store: openStore(),
    due,
  });

  expect(report.students.filter(({ late }) => late).map(({ id }) => id)).toEqual(['late']);
});

test('progress ends with every answer done and nothing left', async () => {
  const told: GradeProgress[] = [];

  await gradeClass({
    katas: madeKatas,
    parts: madeParts([ada, bob]),
    store: openStore(),
    onProgress: (progress) => told.push(progress),
  });

  expect(told[0]).toMatchObject({ done: 1, all: 6, judged: 0, left: 4, latest: null });
  expect(told.at(-1)).toMatchObject({ done: 6, all: 6, judged: 4, left: 0 });
});

test('katas whose tests cannot be told are a problem of the class, and stop nothing', async () => {
  const parts = madeParts([bob]);
  const judge = {
    ...(await parts.openJudge()),
    testsOf: () => Promise.reject(new Error('no solution')),
  };

  const { problems } = await gradeClass({
    katas: madeKatas.slice(0, 1),
    parts: { ...parts, openJudge: async () => judge },
    store: openStore(),
  });

  expect(problems).toEqual(['The tests of 01-first could not be told: no solution']);
});
