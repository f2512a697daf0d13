import type { ClassReport, Grade } from '../classroom/grade-report.ts';
import type { MadeAnswer } from './make-class.ts';

/** An answer of a made class that was not graded as it had to be, as a sentence. */
export interface WrongGrade {
  readonly answer: string;
  readonly problem: string;
}

/** Compares every grade of a report with what had to come of the answer. */
export function compareGrades(answers: readonly MadeAnswer[], report: ClassReport): WrongGrade[] {
  const grades = new Map(report.grades.map((grade) => [cellOf(grade), grade]));
  return answers.flatMap((answer) => {
    const grade = grades.get(cellOf(answer));
    const problem = grade === undefined ? 'It was not graded.' : problemOf(answer, grade);
    if (problem === null) return [];
    return [{ answer: `${answer.student} ${answer.kata} ${answer.name}`, problem }];
  });
}

function problemOf({ expected, fails }: MadeAnswer, grade: Grade): string | null {
  if (!expected.includes(grade.verdict)) {
    const reason = grade.reason === null ? '' : ` (${grade.reason})`;
    return `Expected ${expected.join(' or ')}, got ${grade.verdict}${reason}.`;
  }
  if (fails === null) return null;
  const red = grade.tests.filter(({ verdict }) => verdict !== 'pass').map(({ name }) => name);
  const missed = fails.filter((name) => !red.includes(name));
  const more = red.filter((name) => !fails.includes(name));
  if (missed.length === 0 && more.length === 0) return null;
  return [
    ...missed.map((name) => `"${name}" must reject it, and did not.`),
    ...more.map((name) => `"${name}" rejected it too.`),
  ].join(' ');
}

function cellOf({ student, kata }: Pick<Grade, 'student' | 'kata'>): string {
  return `${student} ${kata}`;
}

/**
 * A report without its times: when it was graded, how long that and each test took; of tests in real time, the timeline; and of red tests, what their sentences
 * have measured (milliseconds, turns of the loop, megabytes, ids that the answer drew). Everything else of it has to come out the same: verdicts, tests,
 * kinds and places of failures, timelines in virtual time, seeds, hashes, the order.
 */
export function withoutTimes(report: ClassReport): string {
  const timeless = {
    ...report,
    gradedAt: '',
    grades: report.grades.map((grade) => ({
      ...grade,
      judgedMs: 0,
      reason: withoutFigures(grade.reason),
      tests: grade.tests.map(withoutMeasurements),
    })),
  };
  return JSON.stringify(timeless, null, 1);
}

type GradedTest = Grade['tests'][number];

function withoutMeasurements(test: GradedTest): GradedTest {
  const { failure, virtual, spans } = test;
  return {
    ...test,
    failure: failure && {
      ...failure,
      message: withoutFigures(failure.message),
      diff: withoutFigures(failure.diff),
    },
    spans: virtual ? spans : [],
    // A measurement in virtual time is repeated where the machine was too busy.
    virtualMs: 0,
  };
}

function withoutFigures<T extends string | null>(text: T): T {
  const ids = /\b[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\b/g;
  return (text && text.replace(ids, '0').replace(/\d+(?:\.\d+)?/g, '0')) as T;
}

/**
 * Where two reports differ, at most `most` places, such as `grades.3.verdict: "pass" | "fail"`.
 *
 * @param one and `other`: what `withoutTimes` makes of reports.
 */
export function differences(one: string, other: string, most = 20): string[] {
  if (one === other) return [];
  const found = differing(JSON.parse(one), JSON.parse(other), '');
  // Bytes that mean the same are not the same bytes.
  return found.length === 0 ? ['The order of the fields.'] : found.slice(0, most);
}

function differing(one: unknown, other: unknown, place: string): string[] {
  if (!isNested(one) || !isNested(other)) {
    return Object.is(one, other) ? [] : [`${place}: ${shown(one)} | ${shown(other)}`];
  }
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].flatMap((key) =>
    differing(one[key], other[key], place === '' ? key : `${place}.${nameIn(one, key)}`),
  );
}

/** Grades and tests by their names, which say more than their places. */
function nameIn(nested: Record<string, unknown>, key: string): string {
  const item = nested[key];
  if (!Array.isArray(nested) || !isNested(item)) return key;
  if (typeof item['student'] === 'string') return `${item['student']} ${String(item['kata'])}`;
  return typeof item['name'] === 'string' ? `"${item['name']}"` : key;
}

function isNested(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 300);
}
