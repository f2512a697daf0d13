import { real, threadCpuNow } from '../trace/real-time.ts';
import { turns } from './turns.ts';
import { WorldError } from './world-error.ts';

/** How long `until` goes on looking. */
export interface UntilOptions {
  /** Milliseconds of this thread's own CPU that may go by; 1500 by default. */
  limitMs?: number;
  signal?: AbortSignal;
}

/**
 * Resolves as soon as `condition` holds, looking once in every real turn of the event loop.
 *
 * The limit counts CPU that this thread got, not time that went by: a machine too busy to run the program cannot make
 * it fail. An abort rejects with the signal's reason.
 *
 * @param what names what is waited for, as in "three requests in flight".
 * @throws {WorldError} 'hang' when the limit is met first.
 */
export async function until(
  condition: () => boolean,
  what: string,
  options: UntilOptions = {},
): Promise<void> {
  const { limitMs = 1500, signal } = options;
  const startedAt = real.now();
  const cpuAtStart = threadCpuNow();
  for (let turn = 0; !condition(); turn += 1) {
    signal?.throwIfAborted();
    if (turn > 100 && threadCpuNow() - cpuAtStart > limitMs) {
      throw new WorldError(
        `Still waiting for ${what}: it had not come after ${((real.now() - startedAt) / 1000).toFixed(1)} s.`,
        { kind: 'hang' },
      );
    }
    await turns(1);
  }
}
