// As late as the contract allows: the status comes a turn later, and a failed report only when everything has ended.
import * as timers from 'node:timers/promises';

/** Work whose result comes later, and that tells how it stands. */
export interface Task<T> extends PromiseLike<T> {
  readonly status: 'pending' | 'fulfilled' | 'rejected';
}

export function startAll<T>(thunks: readonly (() => T | Promise<T>)[]): Task<T>[] {
  const tasks: Task<T>[] = [];
  for (const thunk of thunks) {
    const result = new Promise<T>((resolve) => {
      resolve(thunk());
    });
    let status: Task<T>['status'] = 'pending';
    void Promise.allSettled([result]).then(([outcome]) =>
      setImmediate(() => (status = outcome.status)),
    );
    tasks.push({
      get status() {
        return status;
      },
      // oxlint-disable-next-line unicorn/no-thenable -- what can be awaited has a `then`
      then: (onFulfilled, onRejected) => manySteps(result).then(onFulfilled, onRejected),
    });
  }
  return tasks;
}

export function lazy<T>(thunk: () => T | Promise<T>): PromiseLike<T> {
  const { promise, resolve } = Promise.withResolvers<void>();
  // The thunk is called in a microtask after the first `then`.
  let result: Promise<T> | null = null;
  return {
    // oxlint-disable-next-line unicorn/no-thenable -- what can be awaited has a `then`
    then(onFulfilled, onRejected) {
      resolve();
      result ??= promise.then(() => thunk());
      return manySteps(result).then(onFulfilled, onRejected);
    },
  };
}

export async function backgroundFetches(
  fetch: (url: string) => Promise<string>,
): Promise<[string, string]> {
  const first = fetch('api1');
  const second = timers.setTimeout(500).then(() => fetch('api2'));
  const answers = await Promise.allSettled([first, second]);
  const failed = answers.find((answer) => answer.status === 'rejected');
  if (failed) throw failed.reason;
  return Promise.all([first, second]);
}

/** Passes the outcome of `promise` on after some microtasks more. */
async function manySteps<T>(promise: Promise<T>): Promise<T> {
  for (let step = 0; step < 10; step += 1) await Promise.resolve();
  return promise;
}
