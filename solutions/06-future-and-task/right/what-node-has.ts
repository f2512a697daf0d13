import { addAbortListener, once } from 'node:events';
import type { EventEmitter } from 'node:events';
import { promisify } from 'node:util';

// With what Node brings along; `using` signs off at the end of the block.
export class Future<T> {
  done = false;
  readonly #outcome = Promise.withResolvers<() => T>();

  resolve(value: T): boolean {
    return this.#settle(() => value);
  }

  reject(error: unknown): boolean {
    return this.#settle(() => {
      throw error;
    });
  }

  async wait({ signal }: { signal?: AbortSignal } = {}): Promise<T> {
    if (!signal) return (await this.#outcome.promise)();
    signal.throwIfAborted();
    const aborted = Promise.withResolvers<never>();
    using _listener = addAbortListener(signal, () => aborted.reject(signal.reason));
    const outcome = await Promise.race([this.#outcome.promise, aborted.promise]);
    return outcome();
  }

  #settle(outcome: () => T): boolean {
    if (this.done) return false;
    this.done = true;
    this.#outcome.resolve(outcome);
    return true;
  }
}

export async function fromEvent<T>(
  emitter: EventEmitter,
  name: string,
  options: { signal?: AbortSignal } = {},
): Promise<T> {
  const [first] = await once(emitter, name, options);
  return first as T;
}

export function fromCallback<T>(fn: (...args: any[]) => void, ...args: unknown[]): Promise<T> {
  const promised = promisify(fn) as (...args: unknown[]) => Promise<T>;
  return promised(...args);
}
