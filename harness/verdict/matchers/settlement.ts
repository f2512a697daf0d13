import { real } from '../../trace/real-time.ts';

/** How a promise stands. */
export type Settlement =
  | { readonly state: 'pending' }
  | { readonly state: 'fulfilled'; readonly value: unknown }
  | { readonly state: 'rejected'; readonly reason: unknown };

const stepMs = 10;

/** Watches `promise` from now on; a rejection counts as handled. The returned function tells how it stands. */
export function watchSettlement(promise: PromiseLike<unknown>): () => Settlement {
  let settlement: Settlement = { state: 'pending' };
  Promise.resolve(promise).then(
    (value) => {
      settlement = { state: 'fulfilled', value };
    },
    (reason: unknown) => {
      settlement = { state: 'rejected', reason };
    },
  );
  return () => settlement;
}

/**
 * Waits until `promise` settles, for `patienceMs` of real time at most; a rejection counts as handled.
 *
 * Only steps in which this process was served in time count, so that a busy machine does not hurry it.
 */
export async function waitForSettlement(
  promise: PromiseLike<unknown>,
  patienceMs: number,
): Promise<Settlement> {
  const { promise: outOfPatience, resolve } = Promise.withResolvers<Settlement>();
  let left = patienceMs / stepMs;
  let last = real.now();
  const timer = real.setInterval(() => {
    const now = real.now();
    if (now - last < stepMs * 2) left -= 1;
    last = now;
    if (left <= 0) resolve({ state: 'pending' });
  }, stepMs);
  try {
    return await Promise.race([
      Promise.resolve(promise).then(
        (value): Settlement => ({ state: 'fulfilled', value }),
        (reason: unknown): Settlement => ({ state: 'rejected', reason }),
      ),
      outOfPatience,
    ]);
  } finally {
    real.clearInterval(timer);
  }
}

/** Whether `value` can be awaited. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  return 'then' in value && typeof value.then === 'function';
}
