// Takes an event that brings no argument for no event, and waits on.
// fails: fromEvent resolves with the first argument of the first event
import type { EventEmitter } from 'node:events';

export class Future<T> {
  readonly #settlement = Promise.withResolvers<T>();
  #done = false;

  constructor() {
    this.#settlement.promise.catch(() => {});
  }

  get done(): boolean {
    return this.#done;
  }

  resolve(value: T): boolean {
    if (this.#done) return false;
    this.#done = true;
    this.#settlement.resolve(value);
    return true;
  }

  reject(error: unknown): boolean {
    if (this.#done) return false;
    this.#done = true;
    this.#settlement.reject(error);
    return true;
  }

  async wait(options: { signal?: AbortSignal } = {}): Promise<T> {
    const { signal } = options;
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

export async function fromEvent<T>(
  emitter: EventEmitter,
  name: string,
  options: { signal?: AbortSignal } = {},
): Promise<T> {
  options.signal?.throwIfAborted();
  const future = new Future<T>();
  const hear = (...given: T[]): void => {
    if (given.length > 0) future.resolve(given[0]!);
  };
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
