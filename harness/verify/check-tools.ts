import type { Problem } from '../catalog/problem.ts';
import type { StepReport } from './check.ts';
import { runTool } from './run-tool.ts';

/** Lines of a tool that are shown; the whole is one command away. */
const shownLines = 20;

/** The types, by the TypeScript compiler. */
export function checkTypes(): Promise<StepReport> {
  return check('types', 'tsc', ['-p', '.', '--pretty', 'false'], 'Mend the types: npm run types');
}

/** The rules of `.oxlintrc.json`. */
export function checkLint(): Promise<StepReport> {
  return check(
    'lint',
    'oxlint',
    ['--type-aware', '--deny-warnings', '--format=unix'],
    'Mend it, or disable the rule there with a reason: npm run lint',
  );
}

/** The layout of every file. */
export function checkFormat(): Promise<StepReport> {
  return check('format', 'oxfmt', ['--list-different'], 'Let it be done: npm run format');
}

async function check(
  name: string,
  tool: string,
  words: readonly string[],
  advice: string,
): Promise<StepReport> {
  const { code, output } = await runTool(tool, words);
  return { checks: [{ name, problems: toolProblems(name, code, output, advice) }], notes: [] };
}

/** What a tool that ended with `code` has found; nothing where the code is 0. */
export function toolProblems(
  name: string,
  code: number | null,
  output: string,
  advice: string,
): Problem[] {
  if (code === 0) return [];
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  const more = lines.length - shownLines;
  const shown = lines.slice(0, shownLines);
  if (more > 0) shown.push(`… and ${more} more lines`);
  if (shown.length === 0) shown.push(`It ended with code ${code} and said nothing.`);
  return [{ where: name, found: shown.join('\n'), advice }];
}
