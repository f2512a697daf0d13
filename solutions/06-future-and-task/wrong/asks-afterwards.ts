// Looks again when the event is there: an error behind it throws the event away.
// fails: what comes first counts, also in the same moment
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
  const hear = (value: T): void => void future.resolve(value);
  const errors: unknown[] = [];
  const fail = (error: unknown): void => {
    errors.push(error);
    future.reject(error);
  };
  emitter.on(name, hear);
  if (name !== 'error') emitter.on('error', fail);
  try {
    const value = await future.wait(options);
    if (errors.length > 0) throw errors[0];
    return value;
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
