import { turns } from './turns.ts';

/** How a promise stands. */
export type PromiseState = 'pending' | 'fulfilled' | 'rejected';

/**
 * Says how `promise` stands after one real turn of the event loop; a rejection found so counts as handled.
 *
 * What needs only microtasks has happened by then; a virtual clock has not moved.
 */
export function settled(promise: PromiseLike<unknown>): Promise<PromiseState> {
  return settledAfter(1, promise);
}

/** Says the same after `count` real turns, for what may take an immediate or two. */
export async function settledAfter(
  count: number,
  promise: PromiseLike<unknown>,
): Promise<PromiseState> {
  let state: PromiseState = 'pending';
  promise.then(
    () => {
      state = 'fulfilled';
    },
    () => {
      state = 'rejected';
    },
  );
  await turns(count);
  return state;
}
