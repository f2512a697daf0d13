import path from 'node:path';
import { projectRoot } from '../trace/source-location.ts';
import { checkOwnTests } from './check-own-tests.ts';
import type { StepReport } from './check.ts';
import { findProgram } from './find-program.ts';
import type { runTool } from './run-tool.ts';

/** Runs the tests of the page in a real browser; `run` runs another tool only in tests. */
export async function checkPage(
  run?: typeof runTool,
  report: string = path.join(projectRoot, '.kata', 'browser-tests.json'),
): Promise<StepReport> {
  const tests = {
    name: 'the page in a browser',
    where: 'harness/page',
    config: 'harness/verify/browser.config.ts',
    report,
  };
  return await checkOwnTests(tests, run);
}

/** What the system lacks to run a browser; null where it has one. */
export async function missingForPage(program = 'chromium'): Promise<string | null> {
  return findProgram(program) === null ? `the program ${program}` : null;
}
