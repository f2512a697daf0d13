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

// Errors of its own: one that names the servers when both failed, else one whose cause is the error of the fetch.
export async function backgroundFetches(
  fetch: (url: string) => Promise<string>,
): Promise<[string, string]> {
  const first = fetch('api1');
  first.catch(() => {});
  await otherWork();
  const answers = await Promise.allSettled([first, fetch('api2')]);
  const errors: unknown[] = answers.flatMap((answer) =>
    answer.status === 'rejected' ? [answer.reason] : [],
  );
  if (errors.length > 1) throw new AggregateError(errors, 'No server answered.');
  if (errors.length === 1) throw new Error('One server did not answer.', { cause: errors[0] });
  return answers.map((answer) => (answer as PromiseFulfilledResult<string>).value) as [
    string,
    string,
  ];
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
