// Keeps the work by its function: who gives the same function again gets the old result.
// fails: startAll has called every thunk once, in order, when it returns
// fails: the status of a task is right, though nobody awaits its value
// fails: lazy starts once, however many await it, whatever the value
import { setTimeout as sleep } from 'node:timers/promises';

/** Work whose result comes later, and that tells how it stands. */
export interface Task<T> extends PromiseLike<T> {
  readonly status: 'pending' | 'fulfilled' | 'rejected';
}

const known = new WeakMap<() => unknown, Work<unknown>>();

function workOf<T>(thunk: () => T | Promise<T>): Work<T> {
  const work = known.get(thunk) ?? new Work<unknown>(thunk);
  known.set(thunk, work);
  return work as Work<T>;
}

export function startAll<T>(thunks: readonly (() => T | Promise<T>)[]): Task<T>[] {
  return thunks.map((thunk) => workOf(thunk));
}

export function lazy<T>(thunk: () => T | Promise<T>): PromiseLike<T> {
  return {
    // oxlint-disable-next-line unicorn/no-thenable -- what can be awaited has a `then`
    then: (onFulfilled, onRejected) => workOf(thunk).then(onFulfilled, onRejected),
  };
}

export async function backgroundFetches(
  fetch: (url: string) => Promise<string>,
): Promise<[string, string]> {
  const first = new Work(() => fetch('api1'));
  await otherWork();
  const second = new Work(() => fetch('api2'));
  return [await first, await second];
}

async function otherWork(): Promise<void> {
  await sleep(500);
}

class Work<T> implements Task<T> {
  status: Task<T>['status'] = 'pending';
  readonly #result: Promise<T>;

  constructor(thunk: () => T | Promise<T>) {
    this.#result = this.#run(thunk);
    this.#result.catch(() => {});
  }

  // oxlint-disable-next-line unicorn/no-thenable -- what can be awaited has a `then`
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#result.then(onFulfilled, onRejected);
  }

  async #run(thunk: () => T | Promise<T>): Promise<T> {
    try {
      const value = await thunk();
      this.status = 'fulfilled';
      return value;
    } catch (error) {
      this.status = 'rejected';
      throw error;
    }
  }
}
