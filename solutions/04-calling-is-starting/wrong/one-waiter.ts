// Has room for one who waits: when two await a task before its end, the first one is never told.
// fails: awaiting a task gives its value, a plain or falsy one too
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
  #onEnd: (() => void) | null = null;

  constructor(thunk: () => T | Promise<T>) {
    this.#result = this.#run(thunk);
    const tell = () => this.#onEnd?.();
    this.#result.then(tell, tell);
  }

  // oxlint-disable-next-line unicorn/no-thenable -- what can be awaited has a `then`
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#whenOver().then(onFulfilled, onRejected);
  }

  async #whenOver(): Promise<T> {
    if (this.status === 'pending') await new Promise<void>((resolve) => (this.#onEnd = resolve));
    return this.#result;
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
