import { setTimeout as sleep } from 'node:timers/promises';

/** Work whose result comes later, and that tells how it stands. */
export interface Task<T> extends PromiseLike<T> {
  readonly status: 'pending' | 'fulfilled' | 'rejected';
}

// Classes that extend Promise: one starts in its maker, the other one in its `then`.
class StartedPromise<T> extends Promise<T> implements Task<T> {
  // What `then` makes is an ordinary promise.
  static override get [Symbol.species]() {
    return Promise;
  }
  status: Task<T>['status'] = 'pending';
}

class LazyPromise<T> extends Promise<T> {
  static override get [Symbol.species]() {
    return Promise;
  }
  #start: (() => void) | null = null;

  static from<T>(thunk: () => T | Promise<T>): LazyPromise<T> {
    let resolve: (value: T | PromiseLike<T>) => void;
    const lazy = new LazyPromise<T>((settle) => {
      resolve = settle;
    });
    lazy.#start = () => resolve(Promise.try(thunk));
    return lazy;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- what can be awaited has a `then`
  override then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.#start?.();
    this.#start = null;
    return super.then(onFulfilled, onRejected);
  }
}

export function startAll<T>(thunks: readonly (() => T | Promise<T>)[]): Task<T>[] {
  return thunks.map((thunk) => {
    const task = new StartedPromise<T>((resolve, reject) => {
      Promise.try(thunk).then(resolve, reject);
    });
    task.then(
      () => (task.status = 'fulfilled'),
      () => (task.status = 'rejected'),
    );
    return task;
  });
}

export function lazy<T>(thunk: () => T | Promise<T>): PromiseLike<T> {
  return LazyPromise.from(thunk);
}

export async function backgroundFetches(
  fetch: (url: string) => Promise<string>,
): Promise<[string, string]> {
  const first = fetch('api1');
  // It is awaited below. Until then somebody has to listen.
  first.catch(() => {});
  await sleep(500);
  return Promise.all([first, fetch('api2')]);
}
