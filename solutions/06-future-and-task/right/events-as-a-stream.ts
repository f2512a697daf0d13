import { type EventEmitter, on, once } from 'node:events';
import { promisify } from 'node:util';

// Reads the first of a stream of events, and waits for the signal as for any other emitter. That takes some microtasks: so a value that
// comes in the same moment behind an abort is still given.
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
    const first = !this.#done;
    this.#done = true;
    this.#settlement.resolve(value);
    return first;
  }

  reject(error: unknown): boolean {
    const first = !this.#done;
    this.#done = true;
    this.#settlement.reject(error);
    return first;
  }

  async wait({ signal }: { signal?: AbortSignal } = {}): Promise<T> {
    if (signal === undefined) return await this.#settlement.promise;
    signal.throwIfAborted();
    const listening = new AbortController();
    const aborted = once(signal, 'abort', { signal: listening.signal }).then((): never => {
      throw signal.reason;
    });
    try {
      return await Promise.race([this.#settlement.promise, aborted]);
    } finally {
      listening.abort();
    }
  }
}

export async function fromEvent<T>(
  emitter: EventEmitter,
  name: string,
  options: { signal?: AbortSignal } = {},
): Promise<T> {
  for await (const [value] of on(emitter, name, options)) return value as T;
  throw new Error('The stream of events has ended');
}

export async function fromCallback<T>(
  fn: (...args: any[]) => void,
  ...args: unknown[]
): Promise<T> {
  const promised = promisify(fn) as (...args: unknown[]) => Promise<T>;
  return await promised(...args);
}
