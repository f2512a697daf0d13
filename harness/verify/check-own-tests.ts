import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../catalog/message-of.ts';
import { projectRoot } from '../trace/source-location.ts';
import { readTestReport } from './check-harness.ts';
import { toolProblems } from './check-tools.ts';
import type { StepReport } from './check.ts';
import { runTool } from './run-tool.ts';

/** Tests of the harness that need more of the system than others do, and so have a configuration of their own. */
export interface OwnTests {
  /** What they show, as the check that fails where they could not run. */
  readonly name: string;
  /** The folder or file that they are about. */
  readonly where: string;
  /** The configuration of Vitest, from the checkout's root. */
  readonly config: string;
}

/** The tests of the pages, the learner's and the teacher's, in a real browser. */
export const pageTests: OwnTests = {
  name: 'the pages in a browser',
  where: 'harness/page',
  config: 'harness/verify/browser.config.ts',
};

/** The tests of the queue beside Redis servers that they start. */
export const queueTests: OwnTests = {
  name: 'a class on many machines',
  where: 'harness/classroom/queue',
  config: 'harness/verify/queue.config.ts',
};

/** The tests of `watch` in a real terminal. */
export const terminalTests: OwnTests = {
  name: 'watch in a terminal',
  where: 'harness/cli/watch.ts',
  config: 'harness/verify/terminal.config.ts',
};

/** Runs the tests of a configuration, each of which is a check; `run` runs another tool, and `folder` takes the report, only in tests. */
export async function checkOwnTests(
  { name, where, config }: OwnTests,
  run: typeof runTool = runTool,
  folder: string = path.join(projectRoot, '.kata'),
): Promise<StepReport> {
  const report = path.join(folder, `${path.basename(config, '.config.ts')}-tests.json`);
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
    const problems = toolProblems(where, 1, `${messageOf(error)}\n${output}`, advice);
    return { checks: [{ name, problems }], notes: [] };
  }
  const problems = toolProblems(where, code, output, advice);
  return { checks: [{ name, problems }], notes: [] };
}
