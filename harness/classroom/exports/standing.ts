import {
  unknownVerdicts,
  type ClassReport,
  type Grade,
  type GradedTest,
  type GradeVerdict,
} from '../grade-report.ts';

export type ReportedKata = ClassReport['katas'][number];
export type ReportedStudent = ClassReport['students'][number];

/** One test of the kata's manifest, as far as it counts. */
export interface TestStanding {
  readonly name: string;
  /** Counts from 1, in the order of the spec. */
  readonly number: number;
  /** `none`: the verdict on the kata leaves no result to count, whatever the run said of this test. */
  readonly verdict: 'pass' | 'fail' | 'none';
  /** Why it is no point, as sentences; null for a pass. */
  readonly message: string | null;
  /** What was recorded of the test; null where it did not run, or where its record is not to be believed. */
  readonly record: GradedTest | null;
}

/** Where a student stands in a kata. */
export interface KataStanding {
  readonly kata: ReportedKata;
  readonly verdict: GradeVerdict;
  /** Points of `kata.weight`; null where the verdict says nothing about the answer, which is never a zero. */
  readonly points: number | null;
  readonly reason: string | null;
  readonly tests: readonly TestStanding[];
  readonly grade: Grade | null;
}

/** Where a student stands in all katas. */
export interface StudentStanding {
  readonly student: ReportedStudent;
  readonly katas: readonly KataStanding[];
  /** Null where a kata is not judged: a sum without it would count it as a zero. */
  readonly points: number | null;
  /** Points of the katas that are judged. */
  readonly pointsSoFar: number;
  readonly maximum: number;
  /** The katas to run again. */
  readonly unjudged: readonly KataStanding[];
}

/** What a verdict means, for a reader who does not know the word. */
export const verdictSentences: Readonly<Record<GradeVerdict, string>> = {
  pass: 'Every test passed.',
  fail: 'The spec ran to its end, and not every test passed.',
  timeout: 'The answer did not come to an end in the time that it had.',
  crashed: 'The process that ran the answer died.',
  memory: 'The answer used more memory than it may.',
  refused: 'The answer reaches for something that the kata does not need, so it was not run.',
  tampered: 'The answer changed the tools that judge it, so its result does not count.',
  missing: 'Nothing was handed in for this kata.',
  inconclusive: 'The machine was too busy to judge. This says nothing about the answer.',
  infrastructure: 'The grader failed. This says nothing about the answer.',
};

/** Where everyone stands, in the report's order. A kata without a grade is not judged, and never a zero. */
export function standingsOf(report: ClassReport): StudentStanding[] {
  const grades = new Map(
    report.grades.map((grade) => [JSON.stringify([grade.student, grade.kata]), grade]),
  );
  return report.students.map((student) => {
    const katas = report.katas.map((kata) =>
      kataStanding(kata, grades.get(JSON.stringify([student.id, kata.id])) ?? null),
    );
    const unjudged = katas.filter((standing) => standing.points === null);
    const pointsSoFar = katas.reduce((sum, standing) => sum + (standing.points ?? 0), 0);
    return {
      student,
      katas,
      points: unjudged.length > 0 ? null : pointsSoFar,
      pointsSoFar,
      maximum: report.katas.reduce((sum, kata) => sum + kata.weight, 0),
      unjudged,
    };
  });
}

/**
 * The standing of one student.
 *
 * @throws Error where `id` is none of the class, or is not given.
 */
export function standingOf(report: ClassReport, id: string | undefined): StudentStanding {
  const student = report.students.find((candidate) => candidate.id === id);
  if (student !== undefined) {
    const grades = report.grades.filter((grade) => grade.student === id);
    return standingsOf({ ...report, students: [student], grades })[0]!;
  }
  throw new Error(
    `Expected the id of one student, got ${id === undefined ? 'none' : JSON.stringify(id)}. Name one of the report: ${exampleIds(report)}.`,
  );
}

/** Points and their maximum as a reader writes them: at most two digits. */
export function formatPoints(points: number): string {
  return String(roundPoints(points));
}

/** Two digits are what Canvas and Moodle keep of a grade. */
export function roundPoints(points: number): number {
  return Math.round(points * 100) / 100;
}

/** `Ada Lovelace (ada)`; the id alone where no name is known. */
export function studentLabel({ id, name }: Pick<ReportedStudent, 'id' | 'name'>): string {
  return name === null || name === id ? id : `${name} (${id})`;
}

function kataStanding(kata: ReportedKata, grade: Grade | null): KataStanding {
  if (grade === null) {
    return {
      kata,
      verdict: 'infrastructure',
      points: null,
      reason: 'It was not judged yet.',
      tests: kata.tests.map((name, index) => uncounted(name, index, 'It was not judged yet.')),
      grade,
    };
  }
  const ran = grade.verdict === 'pass' || grade.verdict === 'fail';
  const reason = grade.reason ?? verdictSentences[grade.verdict];
  const tests = kata.tests.map((name, index) =>
    ran ? ranTest(name, index, grade) : uncounted(name, index, reason),
  );
  const points = unknownVerdicts.has(grade.verdict) ? null : pointsOf(kata, grade, ran);
  return { kata, verdict: grade.verdict, points, reason: grade.reason, tests, grade };
}

function pointsOf(kata: ReportedKata, grade: Grade, ran: boolean): number {
  if (!ran || grade.allTests === 0) return 0;
  return (kata.weight * grade.passedTests) / grade.allTests;
}

function ranTest(name: string, index: number, grade: Grade): TestStanding {
  const records = grade.tests.filter((test) => test.name === name);
  // A name that came twice is one test: the worse result counts.
  const record = records.find((test) => test.verdict !== 'pass') ?? records[0] ?? null;
  if (record?.verdict === 'pass') {
    return { name, number: index + 1, verdict: 'pass', message: null, record };
  }
  const message = record?.failure?.message ?? 'This test did not run, so it is no point.';
  return { name, number: index + 1, verdict: 'fail', message, record };
}

function uncounted(name: string, index: number, reason: string): TestStanding {
  return { name, number: index + 1, verdict: 'none', message: reason, record: null };
}

function exampleIds(report: ClassReport): string {
  const ids = report.students.slice(0, 5).map((student) => student.id);
  return report.students.length > ids.length ? `${ids.join(', ')}, …` : ids.join(', ');
}
