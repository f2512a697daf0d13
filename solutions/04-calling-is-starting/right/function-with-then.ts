// A task keeps its outcome, and a promise that tells its end; a lazy value is a function that has a `then`.
import { scheduler } from 'node:timers/promises';

/** Work whose result comes later, and that tells how it stands. */
export interface Task<T> extends PromiseLike<T> {
  readonly status: 'pending' | 'fulfilled' | 'rejected';
}

class Announced<T> implements Task<T> {
  status: Task<T>['status'] = 'pending';
  #outcome: unknown;
  readonly #end = Promise.withResolvers<void>();

  constructor(thunk: () => T | Promise<T>) {
    void this.#run(thunk);
  }

  // oxlint-disable-next-line unicorn/no-thenable -- what can be awaited has a `then`
  then<A = T, B = never>(
    onFulfilled?: ((value: T) => A | PromiseLike<A>) | null,
    onRejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return this.#give().then(onFulfilled, onRejected);
  }

  async #run(thunk: () => T | Promise<T>): Promise<void> {
    try {
      this.#outcome = await thunk();
      this.status = 'fulfilled';
    } catch (error) {
      this.#outcome = error;
      this.status = 'rejected';
    }
    this.#end.resolve();
  }

  async #give(): Promise<T> {
    await this.#end.promise;
    if (this.status === 'rejected') throw this.#outcome;
    return this.#outcome as T;
  }
}

export function startAll<T>(thunks: readonly (() => T | Promise<T>)[]): Task<T>[] {
  return thunks.map((thunk) => new Announced(thunk));
}

export function lazy<T>(thunk: () => T | Promise<T>): PromiseLike<T> {
  let task: Announced<T> | undefined;
  const get = () => (task ??= new Announced(thunk));
  const then: PromiseLike<T>['then'] = (onFulfilled, onRejected) =>
    get().then(onFulfilled, onRejected);
  // oxlint-disable-next-line unicorn/no-thenable -- what can be awaited has a `then`
  return Object.assign(get, { then });
}

export async function backgroundFetches(
  fetch: (url: string) => Promise<string>,
): Promise<[string, string]> {
  const first = new Announced(() => fetch('api1'));
  await scheduler.wait(500);
  const second = new Announced(() => fetch('api2'));
  return [await first, await second];
}
