// Makes its own `then`, which calls the waiters while `resolve` is still running.
// fails: nobody who waits is called before the one who settles goes on
import type { EventEmitter } from 'node:events';

export class Future<T> {
  readonly #waiters: (() => void)[] = [];
  #outcome: { value: T } | { error: unknown } | undefined;

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
    if (options.signal) return this.#waitUnlessAborted(options.signal);
    const later = {
      // oxlint-disable-next-line unicorn/no-thenable
      then: (fulfilled?: (value: T) => unknown, rejected?: (error: unknown) => unknown) =>
        new Promise((resolve, reject) => {
          const tell = (): void => {
            const outcome = this.#outcome!;
            try {
              if ('error' in outcome) {
                if (!rejected) throw outcome.error;
                resolve(rejected(outcome.error));
              } else {
                resolve(fulfilled ? fulfilled(outcome.value) : outcome.value);
              }
            } catch (error) {
              reject(error);
            }
          };
          if (this.#outcome) tell();
          else this.#waiters.push(tell);
        }),
      catch: (rejected: (error: unknown) => unknown) => later.then(undefined, rejected),
      finally: (last: () => void) => Promise.resolve(later as PromiseLike<T>).finally(last),
    };
    return later as unknown as Promise<T>;
  }

  async #waitUnlessAborted(signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => aborted.reject(signal.reason);
    signal.addEventListener('abort', abort);
    const settled = new Promise<T>((resolve, reject) => {
      this.wait().then(resolve, reject);
    });
    try {
      return await Promise.race([settled, aborted.promise]);
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  #settle(outcome: { value: T } | { error: unknown }): boolean {
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
