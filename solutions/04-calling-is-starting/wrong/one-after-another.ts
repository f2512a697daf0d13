// Awaits in the middle of everything: each thunk and each fetch waits for the one before it.
// fails: two fetches and half a second of other work take 1500 ms
// fails: asks api1 before the other work, and api2 right after it
// fails: startAll has called every thunk once, in order, when it returns
// fails: the status of a task is right, though nobody awaits its value
import { setTimeout as sleep } from 'node:timers/promises';

/** Work whose result comes later, and that tells how it stands. */
export interface Task<T> extends PromiseLike<T> {
  readonly status: 'pending' | 'fulfilled' | 'rejected';
}

export function startAll<T>(thunks: readonly (() => T | Promise<T>)[]): Task<T>[] {
  let before: PromiseLike<unknown> = Promise.resolve();
  return thunks.map((thunk) => {
    const turn = before;
    const task = new Work(async () => {
      await turn.then(null, () => {});
      return thunk();
    });
    before = task;
    return task;
  });
}

export function lazy<T>(thunk: () => T | Promise<T>): PromiseLike<T> {
  let work: Work<T> | undefined;
  return {
    // oxlint-disable-next-line unicorn/no-thenable -- what can be awaited has a `then`
    then: (onFulfilled, onRejected) => (work ??= new Work(thunk)).then(onFulfilled, onRejected),
  };
}

export async function backgroundFetches(
  fetch: (url: string) => Promise<string>,
): Promise<[string, string]> {
  const first = await fetch('api1');
  await otherWork();
  return [first, await fetch('api2')];
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
