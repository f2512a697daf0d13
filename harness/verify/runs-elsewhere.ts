/** A file whose lines the coverage cannot see. */
export interface RunsElsewhere {
  readonly file: string;
  /** Where it runs. */
  readonly reason: string;
  /** The test that runs it. */
  readonly test: string;
}

const inKataProcess = {
  reason: 'runs in the process of a kata, under a Vitest of its own',
  test: 'harness/runner/kata-session.slow.test.ts',
};
const isCommand = {
  reason: 'is a process of its own',
  test: 'harness/cli/learner-commands.slow.test.ts',
};
const isSpareProcess = {
  reason: 'is the program of a process of its own',
  test: 'harness/runner/spare-process.slow.test.ts',
};
const isPublishing = {
  reason: 'is a process of its own',
  test: 'harness/cli/publish-commands.test.ts',
};
const inBench = { reason: 'is a process of its own', test: 'harness/cli/bench.slow.test.ts' };
const inBrowser = {
  reason: 'runs beside a browser, in npm run verify -- --all',
  test: 'harness/verify/page-story.browser.ts',
};
const inTerminal = {
  reason: 'runs beside a terminal, in npm run verify -- --all',
  test: 'harness/verify/watch-story.terminal.ts',
};
const besideRedis = {
  reason: 'runs beside a Redis server, in npm run verify -- --all',
  test: 'harness/classroom/queue/many-workers.redis.ts',
};
const inWatchdog = {
  reason: 'runs in the thread of the watchdog',
  test: 'harness/loop/watchdog.slow.test.ts',
};

/**
 * The files that run in a thread or a process which the Vitest of the harness tests did not start, so that it counts none of their lines. Each
 * is left out of the coverage by name; a file that one day runs in the tests themselves has to go from here.
 */
export const runsElsewhere: readonly RunsElsewhere[] = [
  {
    file: 'harness/classroom/judge/rehearsal.spec.ts',
    ...inKataProcess,
    test: 'harness/classroom/judge/fill-compile-cache.slow.test.ts',
  },
  {
    file: 'harness/cli/test.ts',
    reason: 'is a process of its own',
    test: 'harness/cli/test.slow.test.ts',
  },
  {
    file: 'harness/cli/watch.ts',
    reason: 'is a process of its own',
    test: 'harness/cli/watch.slow.test.ts',
  },
  {
    file: 'harness/cli/kata-watcher.ts',
    reason: 'runs in the process of npm run watch',
    test: 'harness/cli/watch.slow.test.ts',
  },
  { file: 'harness/cli/next.ts', ...isCommand },
  { file: 'harness/cli/hint.ts', ...isCommand },
  { file: 'harness/cli/compare.ts', ...isCommand },
  { file: 'harness/cli/reset.ts', ...isCommand },
  { file: 'harness/cli/progress.ts', ...isCommand },
  { file: 'harness/cli/starters.ts', ...isCommand },
  {
    file: 'harness/cli/doctor.ts',
    reason: 'is a process of its own',
    test: 'harness/cli/doctor.test.ts',
  },
  {
    file: 'harness/cli/start.ts',
    reason: 'is a process of its own',
    test: 'harness/page/start-page.slow.test.ts',
  },
  { file: 'harness/verify/own-tests-config.ts', ...inBrowser },
  { file: 'harness/verify/browser.config.ts', ...inBrowser },
  { file: 'harness/verify/page-story.browser.ts', ...inBrowser },
  { file: 'harness/verify/grade-pages.browser.ts', ...inBrowser },
  { file: 'harness/verify/terminal.config.ts', ...inTerminal },
  { file: 'harness/verify/watch-story.terminal.ts', ...inTerminal },
  { file: 'harness/cli/edition.ts', ...isPublishing },
  { file: 'harness/cli/solutions-branch.ts', ...isPublishing },
  {
    file: 'harness/cli/grade.ts',
    reason: 'is a process of its own',
    test: 'harness/cli/grade.slow.test.ts',
  },
  {
    file: 'harness/classroom/class-parts.ts',
    reason: 'runs in the process of npm run grade',
    test: 'harness/cli/grade.slow.test.ts',
  },
  {
    file: 'harness/cli/grade-worker.ts',
    reason: 'is a process of its own',
    test: 'harness/cli/grade-worker.slow.test.ts',
  },
  { file: 'harness/verify/queue.config.ts', ...besideRedis },
  { file: 'harness/classroom/queue/many-workers.redis.ts', ...besideRedis },
  { file: 'harness/classroom/queue/queue-judge.ts', ...besideRedis },
  { file: 'harness/classroom/queue/queue-register.ts', ...besideRedis },
  { file: 'harness/classroom/queue/queue-worker.ts', ...besideRedis },
  { file: 'harness/cli/bench.ts', ...inBench },
  { file: 'harness/bench/bench-probe.ts', ...inBench },
  { file: 'harness/bench/bench-start-up.ts', ...inBench },
  { file: 'harness/bench/bench-verdicts.ts', ...inBench },
  { file: 'harness/bench/busy-processes.ts', ...inBench },
  { file: 'harness/bench/statistics.ts', ...inBench },
  { file: 'harness/runner/warm-process.ts', ...isSpareProcess },
  { file: 'harness/runner/warm-start.ts', ...isSpareProcess },
  {
    file: 'harness/cli/verify.ts',
    reason: 'is a process of its own',
    test: 'harness/cli/verify.test.ts',
  },
  {
    file: 'harness/runner/session-process.ts',
    reason: 'is a process of the pool',
    test: 'harness/runner/session-pool.slow.test.ts',
  },
  {
    file: 'harness/world/upstream-worker.ts',
    reason: 'runs in the thread of the upstream',
    test: 'harness/world/upstream.test.ts',
  },
  {
    file: 'harness/classroom/policy/strip-worker.ts',
    reason: 'runs in a thread that takes the types off what students handed in',
    test: 'harness/classroom/policy/check-policy.test.ts',
  },
  { file: 'harness/loop/hold-sampler.ts', ...inWatchdog },
  { file: 'harness/loop/main-thread-debugger.ts', ...inWatchdog },
  { file: 'harness/loop/watchdog-worker.ts', ...inWatchdog },
  { file: 'harness/setup-process.ts', ...inKataProcess },
  { file: 'harness/submission/redirect.ts', ...inKataProcess },
  { file: 'harness/verdict/test.ts', ...inKataProcess },
];
