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

// Each callback comes a turn of the event loop later, also when the value is there already: as late as the contract allows.
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
    const turn = new Promise((resolve) => setImmediate(resolve));
    return turn.then(() => this.#result).then(onFulfilled, onRejected);
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
