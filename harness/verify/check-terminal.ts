import path from 'node:path';
import { projectRoot } from '../trace/source-location.ts';
import { checkOwnTests } from './check-own-tests.ts';
import type { StepReport } from './check.ts';
import { findProgram } from './find-program.ts';
import type { runTool } from './run-tool.ts';

/** Runs the tests of `watch` in a real terminal; `run` runs another tool only in tests. */
export async function checkTerminal(
  run?: typeof runTool,
  report: string = path.join(projectRoot, '.kata', 'terminal-tests.json'),
): Promise<StepReport> {
  const tests = {
    name: 'watch in a terminal',
    where: 'harness/cli/watch.ts',
    config: 'harness/verify/terminal.config.ts',
    report,
  };
  return await checkOwnTests(tests, run);
}

/** What the system lacks to run a terminal; null where it has one. */
export async function missingForTerminal(program = 'tmux'): Promise<string | null> {
  return findProgram(program) === null ? `the program ${program}` : null;
}
