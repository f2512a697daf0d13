import type { Explained } from '../trace/explained.ts';
import { processTree, textOf, threadFolders } from '../trace/process-tree.ts';
import { real } from '../trace/real-time.ts';
import type { Trace } from '../trace/trace.ts';
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

/**
 * Settles as `work` does, or rejects after `limitMs` of real time in which the loop turned.
 *
 * Time is counted in ticks of the loop, so that a process which gets no CPU is not hurried. Where the threads and children of this
 * process spent more than a fifth of the limit waiting for a CPU, nothing is known about the code: that is an `InconclusiveError`.
 */
export async function withOuterLimit<T>(
  work: Promise<T>,
  options: { limitMs: number; trace: Trace },
): Promise<T> {
  const { promise: limit, reject } = Promise.withResolvers<never>();
  let waitedBefore = 0;
  let ticks = 0;
  const timer = real.setInterval(() => {
    ticks += 1;
    // Not at once: asking costs milliseconds, and most tests have ended by then.
    if (ticks === firstLookTicks) waitedBefore = waitedForCpuMs();
    if (ticks * tickMs < options.limitMs) return;
    const waited = ticks < firstLookTicks ? 0 : waitedForCpuMs() - waitedBefore;
    reject(
      waited > options.limitMs / 5
        ? new InconclusiveError(
            `The machine was too busy to judge this: for ${Math.round(waited)} ms the program waited for a CPU.`,
          )
        : new StillWaitingError(
            `Your code is still waiting after ${options.limitMs / 1000} s${openSpans(options.trace)}.`,
          ),
    );
  }, tickMs);

  try {
    return await Promise.race([work, limit]);
  } finally {
    real.clearInterval(timer);
  }
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
