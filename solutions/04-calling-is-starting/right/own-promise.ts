import { setTimeout as sleep } from 'node:timers/promises';

/** Work whose result comes later, and that tells how it stands. */
export interface Task<T> extends PromiseLike<T> {
  readonly status: 'pending' | 'fulfilled' | 'rejected';
}

// A task is a promise with one property more; a lazy value is a function that is called once.
export function startAll<T>(thunks: readonly (() => T | Promise<T>)[]): Task<T>[] {
  return thunks.map((thunk) => {
    const promise = Promise.try<T, []>(thunk) as Promise<T>;
    let status: Task<T>['status'] = 'pending';
    promise.then(
      () => (status = 'fulfilled'),
      () => (status = 'rejected'),
    );
    return Object.defineProperty(promise, 'status', { get: () => status }) as Promise<T> & Task<T>;
  });
}

export function lazy<T>(thunk: () => T | Promise<T>): PromiseLike<T> {
  const get = once(() => Promise.try(thunk));
  return {
    // oxlint-disable-next-line unicorn/no-thenable -- what can be awaited has a `then`
    then: (onFulfilled, onRejected) => get().then(onFulfilled, onRejected),
  };
}

function once<R>(fn: () => R): () => R {
  let result: { value: R } | undefined;
  return () => (result ??= { value: fn() }).value;
}

// Both ways are started at once; the second one begins with the other work. Promise.all listens to both of them from the start.
export function backgroundFetches(
  fetch: (url: string) => Promise<string>,
): Promise<[string, string]> {
  return Promise.all([fetch('api1'), sleep(500).then(() => fetch('api2'))]);
}
