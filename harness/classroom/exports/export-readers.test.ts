import { expect, test } from 'vitest';
import { exportClassroom50 } from './export-classroom50.ts';
import { exportExercism } from './export-exercism.ts';
import { exportGithubClassroom } from './export-github-classroom.ts';
import { exportGradescope } from './export-gradescope.ts';
import { exportJunit } from './export-junit.ts';
import { exportTable } from './export-table.ts';
import { reportOfOne, sampleReport, sampleStudent } from './fixtures/sample-report.ts';

const context = {
  classroom: 'c',
  assignment: 'a',
  assignmentType: 'individual',
  owner: 'bob',
  submission: 'submit/1',
  commit: 'https://example.com/c',
  release: 'https://example.com/r',
  review: 'https://example.com/d',
  datetime: '2026-06-01T14:32:01.123Z',
} as const;

test('the two scores of GitHub Classroom agree for each of its runners', () => {
  const { text } = exportGithubClassroom(reportOfOne(), 'bob')[0]!;
  const environment = new Map(text.trim().split('\n').map(splitOnce));
  const runners = environment.get('KATA_RUNNERS')!;

  expect(runners).toMatch(/^([a-zA-Z0-9]+,)*[a-zA-Z0-9]+$/);
  for (const runner of runners.split(',')) {
    const encoded = environment.get(`${runner.toUpperCase()}_RESULTS`)!;
    const result = JSON.parse(Buffer.from(encoded, 'base64').toString());
    expect(result.tests).toHaveLength(1);
    const printed = result.tests[0].status === 'pass' ? result.max_score : 0;
    expect(result.tests[0].score).toBe(printed);
  }
});

test('Classroom 50 gets whole scores that sum up, and instants without fractions', () => {
  const result = JSON.parse(exportClassroom50(reportOfOne(), 'bob', context)[0]!.text);
  const sum = (field: string): number =>
    result.tests.reduce((all: number, one: Record<string, number>) => all + one[field]!, 0);

  expect([result.score, result['max-score']]).toEqual([sum('score'), sum('max-score')]);
  expect([result.score, result['max-score']].every(Number.isInteger)).toBe(true);
  expect(result.datetime).toBe('2026-06-01T14:32:01Z');
});

test.for([
  [undefined, 'Its runner sets CLASSROOM, ASSIGNMENT,'],
  [{ ...context, submission: 'v1' }, 'Expected a tag that begins with submit/, got "v1".'],
  [{ ...context, commit: '' }, 'Expected commit of Classroom 50, got an empty text.'],
  [{ ...context, datetime: 'today' }, 'Expected the instant of the commit in ISO 8601'],
] as const)('Classroom 50 is told nothing that its collector refuses: %j', ([wrong, sentence]) => {
  expect(() => exportClassroom50(reportOfOne(), 'bob', wrong)).toThrow(sentence);
});

test('Gradescope gets text only, and a score that is the sum of its tests', () => {
  const result = JSON.parse(exportGradescope(reportOfOne(), 'bob')[0]!.text);

  expect(result.score).toBe(0.67);
  expect(
    result.tests.reduce((all: number, one: { score: number }) => all + one.score, 0),
  ).toBeCloseTo(result.score, 2);
  expect([result.output_format, result.test_output_format, result.test_name_format]).toEqual(
    Array(3).fill('text'),
  );
});

test.for([
  ['bob', '03-three-fetches', 'fail', 3],
  ['ada', '09-timeouts', 'pass', 2],
  ['bob', '09-timeouts', 'error', 0],
  ['dan', '09-timeouts', 'error', 0],
  ['=1+1|calc', '09-timeouts', 'error', 0],
] as const)('Exercism gets the kata of %s, %s, as %s', ([student, kata, status, tests]) => {
  const result = JSON.parse(exportExercism(sampleReport(), student, kata)[0]!.text);

  expect(result).toMatchObject({ version: 3, status });
  expect(result.tests).toHaveLength(tests);
  expect(result.message === null).toBe(status !== 'error');
});

test('a case of JUnit has one outcome, and no other case has its class and name', () => {
  const { text } = exportJunit(sampleReport())[0]!;
  const cases = text.match(/<testcase [^>]*?(\/>|>[\s\S]*?<\/testcase>)/g)!;

  expect(cases).toHaveLength(25);
  for (const one of cases) {
    expect(one.match(/<(failure|error|skipped)\b/g)?.length ?? 0).toBeLessThanOrEqual(1);
  }
  const names = cases.map((one) => /classname="[^"]*" name="[^"]*"/.exec(one)![0]);
  expect(new Set(names).size).toBe(names.length);
});

test('JUnit holds no character that XML cannot, and no attachment of a student', () => {
  const report = reportOfOne('=1+1|calc');
  const grades = [{ ...report.grades[1]!, reason: '\u0000\uFFFE\ud800 [[ATTACHMENT|x]] ]]>' }];

  const { text } = exportJunit({ ...report, grades })[0]!;

  // oxlint-disable-next-line no-control-regex
  expect(text).not.toMatch(/[\u0000\uFFFE\ud800]/);
  expect(text).not.toContain('[[ATTACHMENT|');
});

test('the table has no line wider than 80 columns, with a hundred katas too', () => {
  const report = sampleReport();
  const katas = Array.from({ length: 100 }, (_, index) => ({
    ...report.katas[0]!,
    id: `${String(index).padStart(2, '0')}-x`,
    tests: ['y'.repeat(200)],
  }));
  const students = [sampleStudent('李'.repeat(60), null), sampleStudent('z'.repeat(200), null)];

  const { text } = exportTable({ ...report, katas, students, grades: [] })[0]!;

  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(text).toContain('0+?/100');
});

test('the table says the same with colour and without', () => {
  const plain = exportTable(sampleReport())[0]!.text;
  const coloured = exportTable(sampleReport(), { colour: true })[0]!.text;

  expect(coloured).toContain('\u001b[32m✓\u001b[39m');
  // oxlint-disable-next-line no-control-regex
  expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(plain);
});

function splitOnce(line: string): [string, string] {
  const at = line.indexOf('=');
  return [line.slice(0, at), line.slice(at + 1)];
}
