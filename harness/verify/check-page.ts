import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../catalog/message-of.ts';
import { projectRoot } from '../trace/source-location.ts';
import { readTestReport } from './check-harness.ts';
import { toolProblems } from './check-tools.ts';
import type { StepReport } from './check.ts';
import { findProgram } from './find-program.ts';
import { runTool } from './run-tool.ts';

const config = 'harness/verify/browser.config.ts';

/** Runs the tests of the page in a real browser; `run` runs another tool only in tests. */
export async function checkPage(
  run: typeof runTool = runTool,
  report: string = path.join(projectRoot, '.kata', 'browser-tests.json'),
): Promise<StepReport> {
  // What an earlier run left must not be read for this one.
  rmSync(report, { force: true });
  const { code, output } = await run('vitest', [
    'run',
    `--config=${config}`,
    '--reporter=json',
    `--outputFile=${report}`,
  ]);

  const advice = `Run it by hand: npx vitest run --config ${config}`;
  try {
    const { checks, notes } = readTestReport(JSON.parse(readFileSync(report, 'utf8')));
    const isTold = code === 0 || checks.some(({ problems }) => problems.length > 0);
    if (isTold) return { checks, notes };
  } catch (error) {
    const problems = toolProblems('harness/page', 1, `${messageOf(error)}\n${output}`, advice);
    return { checks: [{ name: 'the page in a browser', problems }], notes: [] };
  }
  const problems = toolProblems('harness/page', code, output, advice);
  return { checks: [{ name: 'the page in a browser', problems }], notes: [] };
}

/** What the system lacks to run a browser; null where it has one. */
export async function missingForPage(program = 'chromium'): Promise<string | null> {
  return findProgram(program) === null ? `the program ${program}` : null;
}
