import type { Grade } from './grade-report.ts';

type Standing = Pick<Grade, 'verdict' | 'passedTests' | 'allTests'>;

/** A kata of a student that stands otherwise than before. */
export interface GradeChange {
  readonly student: string;
  readonly kata: string;
  readonly before: Standing;
  readonly after: Standing;
}

/** What stands otherwise in `after`; what was not there before is no change. */
export function changesBetween(
  before: readonly (Standing & Pick<Grade, 'student' | 'kata'>)[],
  after: readonly Grade[],
): GradeChange[] {
  const known = new Map(before.map((grade) => [cellOf(grade), grade]));
  return after.flatMap((grade) => {
    const last = known.get(cellOf(grade));
    if (last === undefined || isSame(last, grade)) return [];
    return [
      {
        student: grade.student,
        kata: grade.kata,
        before: standingOf(last),
        after: standingOf(grade),
      },
    ];
  });
}

/** `pass 8/8`; the verdict alone where it counts no tests. */
export function describeStanding({ verdict, passedTests, allTests }: Standing): string {
  const counts = verdict === 'pass' || verdict === 'fail';
  return counts ? `${verdict} ${passedTests}/${allTests}` : verdict;
}

function isSame(a: Standing, b: Standing): boolean {
  return a.verdict === b.verdict && a.passedTests === b.passedTests && a.allTests === b.allTests;
}

function standingOf({ verdict, passedTests, allTests }: Standing): Standing {
  return { verdict, passedTests, allTests };
}

function cellOf({ student, kata }: Pick<Grade, 'student' | 'kata'>): string {
  return JSON.stringify([student, kata]);
}
