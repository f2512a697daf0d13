import { plainLine } from '../../trace/fit-text.ts';
import { describeStanding } from '../grade-changes.ts';
import type { GradedClass } from '../grade-class.ts';
import { unknownVerdicts, type ClassReport } from '../grade-report.ts';

/** What the table does not say. */
export function describeGraded(
  { report, problems, changes, judged, wentOn }: GradedClass,
  { due, regrade }: { readonly due: Date | null; readonly regrade: boolean },
): string[] {
  const lines: string[] = [];
  const cells = report.grades.filter(({ verdict }) => verdict !== 'missing').length;
  lines.push(
    ` ${cells} answers, of which ${judged} were judged now; the others were known, or alike.`,
  );
  if (problems.length > 0) {
    lines.push('', ' The class', ...problems.map((problem) => `   ${plainLine(problem)}`));
  }
  if (due !== null) lines.push(dueLine(report, due));
  if (regrade) {
    if (wentOn) lines.push(' This regrade went on where an earlier one was cut off.');
    lines.push(...changeLines(changes));
  }
  const unknown = report.grades.filter(({ verdict }) => unknownVerdicts.has(verdict)).length;
  if (unknown > 0) {
    lines.push(
      ` ${unknown} could not be judged and have no points yet. Try again: --rerun-unknown`,
    );
  }
  return [...lines, ''];
}

function changeLines(changes: GradedClass['changes']): string[] {
  if (changes === null) return [' There is no earlier report to compare with.'];
  if (changes.length === 0) return [' Nothing changed since the last report.'];
  return [
    '',
    ' Changed since the last report',
    ...changes.map(
      ({ student, kata, before, after }) =>
        `   ${plainLine(student)}  ${kata.slice(0, 2)}  ${describeStanding(before)} -> ${describeStanding(after)}`,
    ),
  ];
}

function dueLine({ students }: ClassReport, due: Date): string {
  const late = students.filter((student) => student.late).length;
  const untold = students.filter(
    ({ submittedAt, source }) => submittedAt === null && source !== null,
  ).length;
  const gap = untold === 0 ? '' : ` Of ${untold} it is not known when they handed in.`;
  return ` Due ${due.toISOString()}: ${late} late.${gap}`;
}
