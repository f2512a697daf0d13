import path from 'node:path';
import { projectRoot } from '../trace/source-location.ts';
import { checkOwnTests } from './check-own-tests.ts';
import type { StepReport } from './check.ts';
import { findProgram } from './find-program.ts';
import type { runTool } from './run-tool.ts';

/** Runs the tests of the queue beside Redis servers that they start; `run` runs another tool only in tests. */
export async function checkQueue(
  run?: typeof runTool,
  report: string = path.join(projectRoot, '.kata', 'queue-tests.json'),
): Promise<StepReport> {
  const tests = {
    name: 'a class on many machines',
    where: 'harness/classroom/queue',
    config: 'harness/verify/queue.config.ts',
    report,
  };
  return await checkOwnTests(tests, run);
}

/** What the system lacks to run a Redis server; null where it has one. */
export async function missingForQueue(program = 'redis-server'): Promise<string | null> {
  return findProgram(program) === null ? `the package ${program}` : null;
}
