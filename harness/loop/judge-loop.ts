import { currentTrace } from '../trace/trace.ts';
import type { Blame } from './blame.ts';
import { blameWork } from './blame-work.ts';
import { explainReport } from './explain-report.ts';
import type { LoopReport, LoopRun } from './loop-report.ts';
import { measureRun } from './measure-run.ts';

/** Runs in which nobody was seen to hold the loop, before the line is left open. */
const mostLooks = 3;

/** What `judgeLoop` judges, and how strictly. */
export interface JudgeLoopOptions<T> {
  /** The longest hold that is allowed, in milliseconds; 40 unless told. */
  readonly limitMs?: number;
  /** How many runs must all be guilty; 3 unless told. */
  readonly tries?: number;
  /** Makes a fresh input before each run, unmeasured. */
  readonly prepare?: () => T | Promise<T>;
  /** The work to judge; awaited. */
  readonly work: (input: T) => unknown;
  /** Puts away an input after its run, also when the work failed; unmeasured. */
  readonly cleanUp?: (input: T) => unknown;
}

/**
 * Tells whether `work` held the event loop longer than `limitMs` in one go, and which line did.
 *
 * Wall-clock time decides nothing. A hold is thread CPU time, or time asleep in a synchronous call; time in which the
 * machine gave the thread no CPU is neither. The work is held guilty only when `tries` runs were: noise only ever adds,
 * so the first clean run acquits; where the machine made the thread wait, it takes as many to acquit. Another run, unmeasured, then finds the line; a sleep that no call
 * explains is never held against the work.
 *
 * @throws RangeError when `limitMs` or `tries` cannot be used
 * @throws what `prepare`, `work` or `cleanUp` throws or rejects with
 */
export async function judgeLoop<T = void>(options: JudgeLoopOptions<T>): Promise<LoopReport> {
  const { limitMs = 40, tries = 3 } = options;
  if (!(limitMs > 0)) {
    throw new RangeError(`Expected \`limitMs\` to be milliseconds above zero, got ${limitMs}.`);
  }
  if (!Number.isInteger(tries) || tries < 1) {
    throw new RangeError(`Expected \`tries\` to be a whole number of at least 1, got ${tries}.`);
  }
  const runs: LoopRun[] = [];
  // Runs that the machine spoiled are made again, but not for ever.
  while (runs.length < tries * 2) {
    const { run, traceStart } = await runOnce(options);
    runs.push(run);
    // The system now and then books a sleep as time in line for a CPU, once in some hundred times. So a run with a long gap that was
    // spent in line acquits only together with others.
    if (run.suspectMs < limitMs || runs.filter((run) => run.heldMs < limitMs).length >= tries) {
      return reportOf('free', limitMs, runs, leastHeld(runs));
    }
    const guilty = runs.filter((run) => isGuilty(run, limitMs));
    if (guilty.length < tries) continue;

    const best = leastHeld(guilty);
    const blame = await findBlame(options, best);
    // A thread sleeps too where it waits for another one of its process, such as V8's own helpers, that gets no CPU: only
    // a call that was seen to sleep is the program's doing.
    if (best.cause === 'asleep' && !blame?.callee) continue;
    const report = reportOf('held', limitMs, runs, best, blame);
    markOnTrace(run, traceStart, report);
    return report;
  }
  return reportOf('inconclusive', limitMs, runs, leastHeld(runs));
}

/** On a busy machine a computation may be over before anybody got a CPU to look at it; calls that sleep are timed where they are made. */
async function findBlame<T>(
  options: JudgeLoopOptions<T>,
  { cause, heldMs }: LoopRun,
): Promise<Blame | null> {
  for (let looks = 1; ; looks += 1) {
    const blame = await blameWork((use) => withInput(options, use), heldMs);
    if (blame !== null || cause === 'asleep' || looks === mostLooks) return blame;
  }
}

async function runOnce<T>(options: JudgeLoopOptions<T>) {
  return withInput(options, async (work) => {
    const traceStart = currentTrace().now();
    return { run: await measureRun(work), traceStart };
  });
}

async function withInput<T, R>(
  { prepare, work, cleanUp }: JudgeLoopOptions<T>,
  use: (work: () => unknown) => Promise<R>,
): Promise<R> {
  const input = (await prepare?.()) as T;
  try {
    return await use(() => work(input));
  } finally {
    await cleanUp?.(input);
  }
}

/** Guilty even if all that the hypervisor took from the machine was taken from this hold. */
function isGuilty(run: LoopRun, limitMs: number): boolean {
  return run.heldMs - run.doubtMs >= limitMs;
}

function leastHeld(runs: readonly LoopRun[]): LoopRun {
  return runs.reduce((least, run) => (run.heldMs < least.heldMs ? run : least));
}

function reportOf(
  verdict: LoopReport['verdict'],
  limitMs: number,
  runs: readonly LoopRun[],
  best: LoopRun,
  blame: LoopReport['blame'] = null,
): LoopReport {
  const report = {
    verdict,
    limitMs,
    heldMs: best.heldMs,
    cause: verdict === 'held' ? best.cause : null,
    turns: best.turns,
    workMs: best.workMs,
    runs,
    blame,
  };
  return { ...report, explanation: explainReport(report) };
}

function markOnTrace(run: LoopRun, traceStart: number, { blame }: LoopReport): void {
  const trace = currentTrace();
  // Work under a virtual clock began the trace anew, in its own time: a hold is real, and lies on no axis with it.
  const start = trace.virtual ? 0 : traceStart;
  if (trace.virtual) trace.restart({ virtual: false });
  trace.add({
    label: `loop held for ${run.heldMs.toFixed(0)} ms`,
    kind: 'stall',
    start: start + Math.max(0, run.from),
    end: start + run.to,
    outcome: 'done',
    where: blame?.location ?? null,
  });
}
