import { setTimeout as sleep } from 'node:timers/promises';

/** Work whose result comes later, and that tells how it stands. */
export interface Task<T> extends PromiseLike<T> {
  readonly status: 'pending' | 'fulfilled' | 'rejected';
}

/** Starts every thunk, and returns one task for each. */
export function startAll<T>(thunks: readonly (() => T | Promise<T>)[]): Task<T>[] {
  return thunks.map((thunk) => new Work(thunk));
}

/** Makes a value that is worked out when somebody awaits it. */
export function lazy<T>(thunk: () => T | Promise<T>): PromiseLike<T> {
  return new Work(thunk);
}

/** Fetches `api1`, does half a second of other work, fetches `api2`, and resolves with both answers. */
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

// TODO: this class came from Python. Work sleeps until somebody awaits it, and each await runs it once more. Start it with the call.
class Work<T> implements Task<T> {
  status: Task<T>['status'] = 'pending';
  readonly #thunk: () => T | Promise<T>;

  constructor(thunk: () => T | Promise<T>) {
    this.#thunk = thunk;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- what can be awaited has a `then`
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#run().then(onFulfilled, onRejected);
  }

  async #run(): Promise<T> {
    try {
      const value = await this.#thunk();
      this.status = 'fulfilled';
      return value;
    } catch (error) {
      this.status = 'rejected';
      throw error;
    }
  }
}
