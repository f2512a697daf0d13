// Sees an error only where it is truthy: a thunk that fails with undefined looks as if all were well.
// fails: a fetch that fails early makes the call reject, and nothing else
// fails: an error is held until somebody awaits the task, and told each time
// fails: a thunk that throws at once fails its own task, and no other
// fails: lazy keeps a failure too, and does not try again
import { setTimeout as sleep } from 'node:timers/promises';

/** Work whose result comes later, and that tells how it stands. */
export interface Task<T> extends PromiseLike<T> {
  readonly status: 'pending' | 'fulfilled' | 'rejected';
}

export function startAll<T>(thunks: readonly (() => T | Promise<T>)[]): Task<T>[] {
  return thunks.map((thunk) => new Work(thunk));
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
    let value: T | undefined;
    let failure: unknown;
    try {
      value = await thunk();
    } catch (error) {
      failure = error;
    }
    this.status = failure ? 'rejected' : 'fulfilled';
    if (failure) throw failure;
    return value as T;
  }
}
