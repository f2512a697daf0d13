// Takes `undefined` for "not there yet": who comes after it waits for ever.
// fails: a future settles once, and says who settled it
// fails: everybody who waits is given the same, early or late
import type { EventEmitter } from 'node:events';

type Outcome<T> = { value: T } | { error: unknown };

export class Future<T> {
  readonly #waiters = new Set<() => void>();
  #outcome: Outcome<T> | undefined;

  get done(): boolean {
    return this.#outcome !== undefined;
  }

  resolve(value: T): boolean {
    return this.#settle({ value });
  }

  reject(error: unknown): boolean {
    return this.#settle({ error });
  }

  wait(options: { signal?: AbortSignal } = {}): Promise<T> {
    const { signal } = options;
    return new Promise<T>((resolve, reject) => {
      signal?.throwIfAborted();
      const leave = (): void => {
        this.#waiters.delete(tell);
        signal?.removeEventListener('abort', abort);
      };
      const abort = (): void => {
        leave();
        reject(signal?.reason);
      };
      const tell = (): void => {
        leave();
        if ('error' in this.#outcome!) reject(this.#outcome.error);
        else resolve(this.#outcome!.value);
      };
      if (this.#outcome && ('error' in this.#outcome || this.#outcome.value !== undefined)) {
        return tell();
      }
      this.#waiters.add(tell);
      signal?.addEventListener('abort', abort);
    });
  }

  #settle(outcome: Outcome<T>): boolean {
    if (this.#outcome) return false;
    this.#outcome = outcome;
    for (const tell of this.#waiters) tell();
    return true;
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
  return future.wait();
}
