import type { Explained } from '../trace/explained.ts';
import { processTree, textOf, threadFolders } from '../trace/process-tree.ts';
import { real, realDelay } from '../trace/real-time.ts';
import type { Trace } from '../trace/trace.ts';
import { giveUpWaiting } from '../world/until.ts';
import { InconclusiveError } from './failure.ts';

/** A test's work did not end, though the machine gave it every chance. */
export class StillWaitingError extends Error implements Explained {
  override readonly name = 'StillWaitingError';
  readonly kind = 'hang';
  readonly advice =
    'Something is awaited that nobody will ever settle: a promise without resolve, an event that does not come, a lock that nobody releases.';
}

const tickMs = 50;
const firstLookTicks = 10;
/** What a test that has failed may take to clean up. */
const cleanUpTicks = 40;

/** Work that was left behind under way: it may still touch what a second run of it would use. */
export class AbandonedError extends InconclusiveError {
  override readonly name = 'AbandonedError';
}

export interface OuterLimitOptions {
  readonly limitMs: number;
  /** Real milliseconds after which no further limit is given; default 60,000. */
  readonly mostMs?: number;
  readonly trace: Trace;
  /** How long the program has waited for a CPU so far; only tests name another way to know. */
  readonly waitedMs?: () => number;
}

/**
 * Settles as `work` does, or rejects after `limitMs` of real time in which the loop turned.
 *
 * Time is counted in ticks of the loop, so that a process which gets no CPU is not hurried. Where the threads and children of this
 * process spent more than a fifth of the limit waiting for a CPU, it is given the limit once more: begun anew, the work would meet what it has
 * left behind.
 *
 * After the limit it ends what `until` waits for in the work, so that this fails by itself and cleans up: beside the next test, that would end
 * what the next test has started.
 *
 * @throws {StillWaitingError} where the machine let it run, and nothing else tells what it waits for.
 * @throws {AbandonedError} where the machine was too busy until `mostMs` were over: nothing is known about the code.
 */
export async function withOuterLimit<T>(work: Promise<T>, options: OuterLimitOptions): Promise<T> {
  const { promise: limit, reject } = Promise.withResolvers<never>();
  const { limitMs, mostMs = 60_000, trace, waitedMs = waitedForCpuMs } = options;
  let waitedBefore = 0;
  let ticks = 0;
  let limits = 1;
  const timer = real.setInterval(() => {
    ticks += 1;
    // Not at once: asking costs milliseconds, and most tests have ended by then.
    if (ticks === firstLookTicks) waitedBefore = waitedMs();
    if (ticks * tickMs < limitMs * limits) return;
    const waited = ticks < firstLookTicks ? 0 : waitedMs() - waitedBefore;
    if (waited <= limitMs / 5) {
      reject(
        new StillWaitingError(
          `Your code is still waiting after ${(limitMs * limits) / 1000} s${openSpans(trace)}.`,
        ),
      );
    } else if (limitMs * limits >= mostMs) {
      const sentence = `The machine was too busy to judge this: for ${Math.round(waited)} ms the program waited for a CPU.`;
      reject(new AbandonedError(sentence));
    } else {
      limits += 1;
      waitedBefore += waited;
    }
  }, tickMs);

  try {
    return await Promise.race([work, limit]);
  } catch (error) {
    const limitMet = error instanceof StillWaitingError || error instanceof AbandonedError;
    throw limitMet ? await endWaits(work, error) : error;
  } finally {
    real.clearInterval(timer);
  }
}

/**
 * Gives up what `work` waits for by `until`, lets it clean up, and returns what it fails with: that says more than `limit` does. Where it goes on, or the
 * machine is at fault, that is `limit`.
 */
async function endWaits(work: Promise<unknown>, limit: Error): Promise<unknown> {
  if (!giveUpWaiting()) return limit;
  let reason: unknown = limit;
  const over = new AbortController();
  void work.catch((error: unknown) => (reason = error)).finally(() => over.abort());
  for (let ticks = 0; ticks < cleanUpTicks && !over.signal.aborted; ticks += 1) {
    await realDelay(tickMs);
  }
  return limit instanceof AbandonedError ? limit : reason;
}

function openSpans(trace: Trace): string {
  const open = trace.spans.filter((span) => span.outcome === 'open').map((span) => span.label);
  return open.length === 0 ? '' : ` for ${open.slice(0, 3).join(', ')}`;
}

/**
 * Milliseconds that the threads of this process and of its children have waited for a CPU so far; 0 where the system does not tell (the
 * second figure of `/proc/<pid>/task/<tid>/schedstat`, Linux).
 */
function waitedForCpuMs(): number {
  const nanoseconds = processTree(process.pid)
    .flatMap(threadFolders)
    .map((thread) => Number(textOf(`${thread}/schedstat`).split(' ')[1] ?? 0));
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6;
}
