// Callbacks all the way. A waiting function is called by whoever gives its permit back, so each is bound to the context of its own caller.
import { AsyncResource } from 'node:async_hooks';

export class Semaphore {
  #out = 0;
  #permits: number;
  #waiters: (() => void)[] = [];

  constructor(permits: number) {
    this.#permits = wholeNumber(permits);
  }

  acquire(options: { signal?: AbortSignal } = {}): Promise<() => void> {
    return new Promise((resolve, reject) => {
      this.#whenFree((release) => resolve(release), reject, options.signal);
    });
  }

  run<T>(fn: () => T | Promise<T>, options: { signal?: AbortSignal } = {}): Promise<T> {
    return new Promise((resolve, reject) => {
      const begin = (release: () => void): void => {
        Promise.try(fn).finally(release).then(resolve, reject);
      };
      this.#whenFree(begin, reject, options.signal);
    });
  }

  #whenFree(
    begin: (release: () => void) => void,
    refuse: (reason: unknown) => void,
    signal: AbortSignal | undefined,
  ): void {
    if (signal?.aborted) {
      refuse(signal.reason);
      return;
    }
    if (this.#out < this.#permits) {
      this.#out += 1;
      begin(this.#release());
      return;
    }
    const giveUp = (): void => {
      this.#waiters = this.#waiters.filter((other) => other !== waiter);
      refuse(signal?.reason);
    };
    const waiter = AsyncResource.bind(() => {
      signal?.removeEventListener('abort', giveUp);
      begin(this.#release());
    });
    this.#waiters.push(waiter);
    signal?.addEventListener('abort', giveUp, { once: true });
  }

  #release(): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const next = this.#waiters.shift();
      if (next) next();
      else this.#out -= 1;
    };
  }
}

export function mapLimit<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  fn: (item: T, index: number) => R | Promise<R>,
  options: { signal?: AbortSignal } = {},
): Promise<R[]> {
  wholeNumber(limit);
  const { signal } = options;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const source =
      Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
    const results: R[] = [];
    let [running, begun, asking, exhausted, settled] = [0, 0, false, false, false];

    const stop = (reason: unknown): void => {
      if (settled) return;
      settled = true;
      signal?.removeEventListener('abort', abort);
      reject(reason);
      if (!exhausted) Promise.try(() => source.return?.()).catch(() => {});
    };
    const abort = (): void => stop(signal?.reason);

    const goOn = (): void => {
      if (settled || asking) return;
      if (exhausted && running === 0) {
        settled = true;
        signal?.removeEventListener('abort', abort);
        resolve(results);
      }
      if (exhausted || running === limit) return;
      asking = true;
      Promise.try(() => source.next()).then(take, (error: unknown) => {
        exhausted = true;
        stop(error);
      });
    };
    const take = (next: IteratorResult<T, unknown>): void => {
      asking = false;
      if (settled) return;
      if (next.done) exhausted = true;
      else start(next.value);
      goOn();
    };
    const start = (item: T): void => {
      const index = begun;
      begun += 1;
      running += 1;
      Promise.try(fn, item, index).then((result) => {
        results[index] = result;
        running -= 1;
        goOn();
      }, stop);
    };

    signal?.addEventListener('abort', abort);
    goOn();
  });
}

function wholeNumber(limit: number): number {
  if (Number.isInteger(limit) && limit > 0) return limit;
  throw new RangeError(`The limit should be a whole number above zero, and is ${limit}.`);
}
