import type { ClassFigures } from './bench-class.ts';
import type { WrongGrade } from './compare-grades.ts';

/** Whether a verdict was not as it had to be, or the two reports are not the same. */
export function hasDiffered({ wrong, killed }: ClassFigures): boolean {
  return wrong.length > 0 || (killed !== null && killed.wrong.length + killed.differing.length > 0);
}

/** The figures as lines of text. */
export function describeClassFigures(figures: ClassFigures): string[] {
  const { answers, judged, wrong, firstMs, secondMs, killed, throughput, kept } = figures;
  const lines = [
    `answers       ${answers}, of which ${judged} were judged; the others were missing, or alike`,
    `wrong         ${wrong.length}`,
    ...wrongLines(wrong),
    `first run     ${seconds(firstMs)}`,
    `second run    ${seconds(secondMs)}, ${(firstMs / secondMs).toFixed(0)} times quicker`,
  ];
  if (killed !== null) {
    lines.push(
      `killed        ${killed.kills} times, ${killed.whileJudging} of them with answers left to judge`,
      `wrong         ${killed.wrong.length}`,
      ...wrongLines(killed.wrong),
      killed.differing.length === 0
        ? 'reports       the same to the byte but for times'
        : 'reports       differ, undisturbed | killed:',
      ...killed.differing.map((line) => `  ${line}`),
    );
  }
  if (throughput !== null) {
    const { graded, gradedPerMinute, sampled, ratio } = throughput;
    const { vitestPerMinute, sampleGradedPerMinute } = throughput;
    lines.push(
      `grade         ${gradedPerMinute.toFixed(1)} verdicts a minute, one after another (${graded} on katas of counts and virtual time)`,
      `a sample      of ${sampled} of them: grade ${sampleGradedPerMinute.toFixed(1)} a minute, a vitest run for each ${vitestPerMinute.toFixed(1)}`,
      `ratio         ${ratio.toFixed(1)}`,
    );
  }
  if (kept !== null) lines.push(`Class and reports are in ${kept}`);
  return lines;
}

function wrongLines(wrong: readonly WrongGrade[]): string[] {
  return wrong.map(({ answer, problem }) => `  ${answer}: ${problem}`);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
