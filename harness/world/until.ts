import { real, realDelay } from '../trace/real-time.ts';
import { CpuQueue } from './cpu-queue.ts';
import { turns } from './turns.ts';
import { WorldError } from './world-error.ts';

/** So many looks are made one turn after another; what takes longer is left the CPU between two looks. */
const eagerLooks = 1000;

/** However long others are kept waiting for a CPU: so many looks for each that counts. */
const mostLooksEach = 30;

/** How long `until` goes on looking. */
export interface UntilOptions {
  /** Looks, one a millisecond at most, before it gives up; 5000 by default. */
  limitMs?: number;
  signal?: AbortSignal;
}

/**
 * Resolves as soon as `condition` holds: looks in every real turn of the event loop, and later every millisecond.
 *
 * The limit counts looks, not time that went by: where the machine is too busy to run the program, looks are late as well. A look at which
 * a thread or a child process of the program waited for a CPU, and got none since the look before, does not count. An abort rejects with
 * the signal's reason.
 *
 * @param what names what is waited for, as in "three requests in flight".
 * @throws {WorldError} 'hang' when the limit is met first.
 */
export async function until(
  condition: () => boolean,
  what: string,
  options: UntilOptions = {},
): Promise<void> {
  const { limitMs = 5000, signal } = options;
  const startedAt = real.now();
  const cpuQueue = new CpuQueue();
  let counted = 0;
  for (let looks = 0; !condition(); looks += 1) {
    signal?.throwIfAborted();
    if (looks >= eagerLooks && !cpuQueue.keepsWaiting()) counted += 1;
    if (counted > limitMs || looks - eagerLooks >= limitMs * mostLooksEach) {
      const seconds = ((real.now() - startedAt) / 1000).toFixed(1);
      throw new WorldError(`Still waiting for ${what}: it had not come after ${seconds} s.`, {
        kind: 'hang',
      });
    }
    await (looks < eagerLooks ? turns(1) : realDelay(1));
  }
}
