import type { EventEmitter } from 'node:events';

// Three things can end a wait: a value, an error, an abort. The first one counts, the others find the door closed. And whoever
// subscribes to something signs off in a `finally`, which all three ends pass.

/** A value that will be there later. Somebody else settles it. */
export class Future<T> {
  readonly #settlement = Promise.withResolvers<T>();
  #done = false;

  constructor() {
    // The error is kept for those who wait later. Without this line, an error for which nobody waits yet ends the process.
    this.#settlement.promise.catch(() => {});
  }

  /** Whether it is settled. */
  get done(): boolean {
    return this.#done;
  }

  /** Settles it with a value. Tells whether this call settled it. */
  resolve(value: T): boolean {
    if (this.#done) return false;
    this.#done = true;
    this.#settlement.resolve(value);
    return true;
  }

  /** Settles it with an error. Tells whether this call settled it. */
  reject(error: unknown): boolean {
    if (this.#done) return false;
    this.#done = true;
    this.#settlement.reject(error);
    return true;
  }

  /** Waits until it is settled. An abort ends this one wait. */
  async wait(options: { signal?: AbortSignal } = {}): Promise<T> {
    const { signal } = options;
    // A signal that is aborted already fires no event any more.
    signal?.throwIfAborted();
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => aborted.reject(signal?.reason);
    signal?.addEventListener('abort', abort);
    try {
      return await Promise.race([this.#settlement.promise, aborted.promise]);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }
}

/** Waits for one event. Resolves with its first argument; an 'error' or an abort rejects. */
export async function fromEvent<T>(
  emitter: EventEmitter,
  name: string,
  options: { signal?: AbortSignal } = {},
): Promise<T> {
  // Before the first listener: who comes too late must not subscribe at all.
  options.signal?.throwIfAborted();
  const future = new Future<T>();
  const hear = (value: T): void => void future.resolve(value);
  const fail = (error: unknown): void => void future.reject(error);
  emitter.on(name, hear);
  if (name !== 'error') emitter.on('error', fail);
  try {
    return await future.wait(options);
  } finally {
    emitter.off(name, hear);
    emitter.off('error', fail);
  }
}

/** Calls `fn` with `args` and a callback behind them. Settles as the callback is told to. */
// `async`: what `fn` throws at once becomes a rejection, as if the callback had been told.
export async function fromCallback<T>(
  fn: (...args: any[]) => void,
  ...args: unknown[]
): Promise<T> {
  const future = new Future<T>();
  fn(...args, (error: unknown, value: T) => {
    if (error) future.reject(error);
    else future.resolve(value);
  });
  return future.wait();
}
