// Keeps a value only if it is something: 0, an empty text and false come out as undefined.
// fails: awaiting a task gives its value, a plain or falsy one too
import { setTimeout as sleep } from 'node:timers/promises';

/** Work whose result comes later, and that tells how it stands. */
export interface Task<T> extends PromiseLike<T> {
  readonly status: 'pending' | 'fulfilled' | 'rejected';
}

export function startAll<T>(thunks: readonly (() => T | Promise<T>)[]): Task<T>[] {
  return thunks.map((thunk) => new Work(thunk));
}

export function lazy<T>(thunk: () => T | Promise<T>): PromiseLike<T> {
  let promise: Promise<T> | undefined;
  return {
    // oxlint-disable-next-line unicorn/no-thenable -- what can be awaited has a `then`
    then: (onFulfilled, onRejected) =>
      (promise ??= Promise.try(thunk) as Promise<T>).then(onFulfilled, onRejected),
  };
}

export async function backgroundFetches(
  fetch: (url: string) => Promise<string>,
): Promise<[string, string]> {
  return Promise.all([fetch('api1'), otherWork().then(() => fetch('api2'))]);
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
      return value || (undefined as T);
    } catch (error) {
      this.status = 'rejected';
      throw error;
    }
  }
}
