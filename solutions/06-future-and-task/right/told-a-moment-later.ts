import type { EventEmitter } from 'node:events';

// As in asyncio: the future has a list of callbacks, and calls them a moment after it is settled. An abort that comes before that moment
// still ends the wait.
export class Future<T> {
  #outcome: { readonly value: T } | { readonly error: unknown } | null = null;
  readonly #callbacks = new Set<() => void>();

  get done(): boolean {
    return this.#outcome !== null;
  }

  resolve(value: T): boolean {
    return this.#settle({ value });
  }

  reject(error: unknown): boolean {
    return this.#settle({ error });
  }

  async wait({ signal }: { signal?: AbortSignal } = {}): Promise<T> {
    signal?.throwIfAborted();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const cancel = (): void => reject(signal?.reason);
    signal?.addEventListener('abort', cancel);
    this.#addDoneCallback(resolve);
    try {
      await promise;
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.#callbacks.delete(resolve);
    }
    return this.#result();
  }

  #settle(outcome: { readonly value: T } | { readonly error: unknown }): boolean {
    if (this.#outcome !== null) return false;
    this.#outcome = outcome;
    for (const callback of this.#callbacks) setImmediate(callback);
    return true;
  }

  #addDoneCallback(callback: () => void): void {
    if (this.#outcome === null) this.#callbacks.add(callback);
    else setImmediate(callback);
  }

  #result(): T {
    if (this.#outcome === null) throw new Error('The future is not done yet');
    if ('error' in this.#outcome) throw this.#outcome.error;
    return this.#outcome.value;
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
  return await future.wait();
}
