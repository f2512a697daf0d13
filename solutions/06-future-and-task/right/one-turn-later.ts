import { EventEmitter, once } from 'node:events';

type Outcome<T> = { value: T } | { error: unknown };

// As in asyncio, whoever waits is called in the next turn of the loop. The future is an emitter of one event, and a signal that is aborted
// already is refused by a throw.
export class Future<T> {
  readonly #settled = new EventEmitter().setMaxListeners(0);
  #outcome: Outcome<T> | null = null;

  get done(): boolean {
    return this.#outcome !== null;
  }

  resolve(value: T): boolean {
    return this.#settle({ value });
  }

  reject(error: unknown): boolean {
    return this.#settle({ error });
  }

  wait(options: { signal?: AbortSignal } = {}): Promise<T> {
    const { signal } = options;
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
      const end = (outcome: Outcome<T>): void => {
        this.#settled.off('settled', end);
        signal?.removeEventListener('abort', abort);
        if ('error' in outcome) setImmediate(reject, outcome.error);
        else setImmediate(resolve, outcome.value);
      };
      const abort = (): void => end({ error: signal?.reason });

      if (this.#outcome !== null) return end(this.#outcome);
      this.#settled.on('settled', end);
      signal?.addEventListener('abort', abort);
    });
  }

  #settle(outcome: Outcome<T>): boolean {
    if (this.#outcome !== null) return false;
    this.#outcome = outcome;
    this.#settled.emit('settled', outcome);
    return true;
  }
}

export function fromEvent<T>(
  emitter: EventEmitter,
  name: string,
  options: { signal?: AbortSignal } = {},
): Promise<T> {
  options.signal?.throwIfAborted();
  return once(emitter, name, options)
    .then(nextTurn)
    .then(([value]) => value as T);
}

export function fromCallback<T>(fn: (...args: any[]) => void, ...args: unknown[]): Promise<T> {
  const future = new Future<T>();
  try {
    fn(...args, (error: unknown, value: T) => {
      if (error) future.reject(error);
      else future.resolve(value);
    });
  } catch (error) {
    future.reject(error);
  }
  return future.wait();
}

function nextTurn<T>(value: T): Promise<T> {
  return new Promise((resolve) => setImmediate(resolve, value));
}
