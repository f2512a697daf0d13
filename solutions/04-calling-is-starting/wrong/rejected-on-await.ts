// Learns that its work has failed only when somebody awaits the task.
// fails: an error is held until somebody awaits the task, and told each time
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
    const told = this.#result.catch((error: unknown) => {
      this.status = 'rejected';
      throw error;
    });
    return told.then(onFulfilled, onRejected);
  }

  async #run(thunk: () => T | Promise<T>): Promise<T> {
    let given: T | Promise<T>;
    try {
      given = thunk();
    } catch (error) {
      // A throw is told at once.
      this.status = 'rejected';
      throw error;
    }
    const value = await given;
    this.status = 'fulfilled';
    return value;
  }
}
