import type { EventEmitter } from 'node:events';

// TODO: this is written for the day on which all goes well: the value comes, it comes once, and nobody gives up. On any other day
// one of the three goes wrong. And even on a good day something is left behind.

/** A value that will be there later. Somebody else settles it. */
export class Future<T> {
  readonly #settlement = Promise.withResolvers<T>();
  #done = false;

  /** Whether it is settled. */
  get done(): boolean {
    return this.#done;
  }

  /** Settles it with a value. Tells whether this call settled it. */
  resolve(value: T): boolean {
    this.#done = true;
    this.#settlement.resolve(value);
    return true;
  }

  /** Settles it with an error. Tells whether this call settled it. */
  reject(error: unknown): boolean {
    this.#done = true;
    this.#settlement.reject(error);
    return true;
  }

  /** Waits until it is settled. An abort ends this one wait. */
  async wait(options: { signal?: AbortSignal } = {}): Promise<T> {
    const { signal } = options;
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => aborted.reject(signal?.reason);
    signal?.addEventListener('abort', abort);
    return await Promise.race([this.#settlement.promise, aborted.promise]);
  }
}

/** Waits for one event. Resolves with its first argument; an 'error' or an abort rejects. */
export async function fromEvent<T>(
  emitter: EventEmitter,
  name: string,
  options: { signal?: AbortSignal } = {},
): Promise<T> {
  const future = new Future<T>();
  const hear = (value: T): void => void future.resolve(value);
  const fail = (error: unknown): void => void future.reject(error);
  emitter.on(name, hear);
  if (name !== 'error') emitter.on('error', fail);
  return await future.wait(options);
}

/** Calls `fn` with `args` and a callback behind them. Settles as the callback is told to. */
export function fromCallback<T>(fn: (...args: any[]) => void, ...args: unknown[]): Promise<T> {
  const future = new Future<T>();
  fn(...args, (error: unknown, value: T) => {
    if (error) future.reject(error);
    else future.resolve(value);
  });
  return future.wait();
}
