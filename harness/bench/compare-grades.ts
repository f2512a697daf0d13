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

/** A report without its times: when it was graded, how long that took, and, of tests in real time, when things happened and how long. */
export function withoutTimes(report: ClassReport): string {
  const timeless = {
    ...report,
    gradedAt: '',
    grades: report.grades.map((grade) => ({
      ...grade,
      judgedMs: 0,
      reason: grade.reason && withoutDurations(grade.reason),
      tests: grade.tests.map((test) => (test.virtual ? test : withoutRealTimes(test))),
    })),
  };
  return JSON.stringify(timeless, null, 1);
}

type GradedTest = Grade['tests'][number];

function withoutRealTimes(test: GradedTest): GradedTest {
  const { failure } = test;
  return {
    ...test,
    virtualMs: 0,
    failure: failure && { ...failure, message: withoutDurations(failure.message) },
    spans: test.spans.map((span) => ({ ...span, start: 0, end: span.end && 0 })),
  };
}

function withoutDurations(text: string): string {
  return text.replace(/\d+(?:\.\d+)?(?= (?:ms|seconds?|s)\b)/g, '0');
}

/** The lines in which two texts differ, at most `most` of them, each with its number. */
export function differingLines(one: string, other: string, most = 20): string[] {
  const [ours, theirs] = [one.split('\n'), other.split('\n')];
  const found: string[] = [];
  for (let line = 0; line < Math.max(ours.length, theirs.length); line += 1) {
    if (ours[line] === theirs[line]) continue;
    found.push(
      `${line + 1}: ${ours[line]?.trim() ?? 'nothing'} | ${theirs[line]?.trim() ?? 'nothing'}`,
    );
    if (found.length === most) break;
  }
  return found;
}
