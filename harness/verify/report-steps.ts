import picocolors from 'picocolors';
import type { Check } from './check.ts';
import { wrapText } from '../trace/wrap-text.ts';
import type { StepOutcome } from './run-steps.ts';

const width = 80;

/** The line of a step that has ended. */
export function reportStep({ step, checks, realMs }: StepOutcome): string {
  const failed = failedChecks(checks).length;
  const passed = checks.length - failed;
  const mark = failed > 0 ? picocolors.red('✗') : picocolors.green('✓');
  const counts = failed > 0 ? `${passed} passed, ${failed} failed` : `${passed} passed`;
  const seconds = `${(realMs / 1000).toFixed(1)} s`;
  return ` ${mark} ${step.title.padEnd(24)} ${counts.padEnd(28)} ${seconds.padStart(8)}`;
}

/** Everything that has to be mended, the notes, and as the very last line the counts, alone. */
export function reportEnd(outcomes: readonly Pick<StepOutcome, 'checks' | 'notes'>[]): string {
  const checks = outcomes.flatMap((outcome) => outcome.checks);
  const failed = failedChecks(checks);
  const notes = outcomes.flatMap((outcome) => outcome.notes);
  const lines: string[] = [''];
  for (const check of failed) lines.push(...explain(check), '');
  for (const note of notes)
    lines.push(...wrapText(`Note: ${note}`, width - 1).map((line) => ` ${line}`));
  if (notes.length > 0) lines.push('');
  lines.push(`${checks.length - failed.length} passed, ${failed.length} failed`);
  return lines.join('\n');
}

/** The checks that found a problem. */
export function failedChecks(checks: readonly Check[]): Check[] {
  return checks.filter(({ problems }) => problems.length > 0);
}

function explain({ name, problems }: Check): string[] {
  const lines = wrapText(name, width - 3).map((line) => picocolors.bold(line));
  lines[0] = ` ${picocolors.red('✗')} ${lines[0]}`;
  let told = name;
  for (const { where, found, advice } of problems) {
    if (where !== told) lines.push(`   ${picocolors.cyan(where)}`);
    told = where;
    lines.push(...wrapText(found, width - 5).map((line) => `     ${line}`));
    const [first, ...rest] = wrapText(advice, width - 8);
    lines.push(`     → ${first}`, ...rest.map((line) => `       ${line}`));
  }
  return lines;
}
