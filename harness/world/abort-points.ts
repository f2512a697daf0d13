import { afterMicrotasks } from './microtasks.ts';
import { retellError } from './retell-error.ts';
import { turns } from './turns.ts';
import { WorldError } from './world-error.ts';

/** One moment at which an abort may come. */
export interface AbortPoint {
  /** Which point this is: the abort comes after so many microtasks. */
  readonly k: number;
  readonly signal: AbortSignal;
  /** What the signal is aborted with: a fresh object at every point. */
  readonly reason: Error;
  /** Begins to count microtasks; with `k` 0 the signal is aborted before this returns. */
  readonly arm: () => void;
}

/**
 * Runs `check` once for every moment at which an abort may come: after 0, 1, 2 … microtasks, counted from `arm()`.
 *
 * What an abort may not break (no permit lost, no listener left) is checked by `check`, at each point anew.
 *
 * @param options.points how many moments, 21 by default (0 to 20).
 * @throws the first error of `check`, its message naming the point.
 * @example
 * await eachAbortPoint(async ({ signal, arm }) => {
 *   const semaphore = new Semaphore(1);
 *   const release = await semaphore.acquire();
 *   const waiter = semaphore.acquire({ signal }).then((free) => free(), () => {});
 *   arm();
 *   release();
 *   await waiter;
 *   (await semaphore.acquire())();
 * });
 */
export async function eachAbortPoint(
  check: (point: AbortPoint) => unknown,
  options: { points?: number } = {},
): Promise<void> {
  const { points = 21 } = options;
  if (!Number.isInteger(points) || points < 1) {
    throw new RangeError(`Expected \`points\` to be a whole number above zero, got \`${points}\`.`);
  }
  for (let k = 0; k < points; k += 1) await checkAt(k, check);
}

async function checkAt(k: number, check: (point: AbortPoint) => unknown): Promise<void> {
  const controller = new AbortController();
  const reason = new Error(`Aborted after ${told(k)}.`);
  let armed = false;
  const arm = (): void => {
    if (armed) return;
    armed = true;
    afterMicrotasks(k, () => {
      controller.abort(reason);
    });
  };
  try {
    await check({ k, signal: controller.signal, reason, arm });
  } catch (error) {
    throw retellError(error, (message) => `With the abort after ${told(k)}: ${message}`);
  }
  if (!armed) {
    throw new WorldError('The check never called `arm()`, so no abort ever came.', {
      kind: 'error',
      advice: 'Call `arm()` once, right after the work that is to be aborted has begun.',
    });
  }
  // The microtasks of this point end before the next begins.
  await turns(1);
}

function told(k: number): string {
  return k === 1 ? '1 microtask' : `${k} microtasks`;
}
