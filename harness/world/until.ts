import { real, realDelay } from '../trace/real-time.ts';
import { CpuQueue } from './cpu-queue.ts';
import { turns } from './turns.ts';
import { WorldError } from './world-error.ts';

/** So many looks are made one turn after another; what takes longer is left the CPU between two looks. */
const eagerLooks = 100;
/** So many looks after these, a millisecond apart, decide nothing either: most threads and processes have come by then, and nobody was asked what they do. */
const mostCalmLooks = 200;

/** At every so manieth look it is looked what the others do: that reads files, and would itself keep a CPU busy. */
const looksOfOneAsk = 5;

/** However long others are kept waiting for a CPU: so many looks for each that counts. */
const mostLooksEach = 30;

/** One object for each wait that goes on, and was not given up. */
const waits = new Set<object>();

/**
 * Ends every wait of `until` that goes on, as if its limit were met: a test that is over must not go on beside the next one, which its clean-up would
 * disturb. Waits that begin later go on as ever: clean-up waits too.
 *
 * @returns whether there was any.
 */
export function giveUpWaiting(): boolean {
  const goOn = waits.size > 0;
  waits.clear();
  return goOn;
}

/** How long `until` goes on looking. */
export interface UntilOptions {
  /** Looks, one a millisecond at most, before it gives up, after some that do not count; 5000 by default. */
  limitMs?: number;
  /**
   * Looks in a row at which every thread and child process of the program was idle, after which it gives up at once: nothing would come any
   * more, unless by a timer that takes longer. Not counted by default, nor where the system does not tell.
   */
  idleMs?: number;
  signal?: AbortSignal;
}

/**
 * Resolves as soon as `condition` holds: looks in every real turn of the event loop, and soon every millisecond.
 *
 * The limit counts looks, not time that went by: where the machine is too busy to run the program, looks are late as well. A look at which
 * a thread or a child process of the program waited for a CPU, and got hardly any since the look before, does not count. An abort rejects with
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
  const { limitMs = 5000, idleMs = Infinity, signal } = options;
  const startedAt = real.now();
  const uncountedLooks = eagerLooks + Math.min(mostCalmLooks, limitMs);
  const cpuQueue = new CpuQueue();
  let counted = 0;
  let idle = 0;
  const wait = {};
  waits.add(wait);
  try {
    for (let looks = 0; !condition(); looks += 1) {
      signal?.throwIfAborted();
      if (looks >= uncountedLooks && looks % looksOfOneAsk === 0) {
        const use = cpuQueue.look();
        if (use !== 'waited') counted += looksOfOneAsk;
        idle = use === 'idle' ? idle + looksOfOneAsk : 0;
      }
      const looksInVain = looks - uncountedLooks >= limitMs * mostLooksEach;
      if (counted > limitMs || idle > idleMs || looksInVain || !waits.has(wait)) {
        const seconds = ((real.now() - startedAt) / 1000).toFixed(1);
        throw new WorldError(`Still waiting for ${what}: it had not come after ${seconds} s.`, {
          kind: 'hang',
        });
      }
      await (looks < eagerLooks ? turns(1) : realDelay(1));
    }
  } finally {
    waits.delete(wait);
  }
}
