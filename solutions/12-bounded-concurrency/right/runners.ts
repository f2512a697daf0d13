// As many runners as there are places, all fed by one iterator: each takes the next item when it has done the one before. The semaphore is a
// list of promises to wait for.
export class Semaphore {
  #free: number;
  #line: { go: () => void }[] = [];

  constructor(permits: number) {
    if (!(Number.isSafeInteger(permits) && permits > 0)) {
      throw new RangeError(
        `A semaphore needs a whole number of permits above zero, not ${permits}.`,
      );
    }
    this.#free = permits;
  }

  acquire(options: { signal?: AbortSignal } = {}): Promise<() => void> {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const leave = (): void => {
        this.#line = this.#line.filter((other) => other !== place);
        signal?.removeEventListener('abort', leave);
        reject(signal?.reason);
      };
      const place = {
        go: () => {
          signal?.removeEventListener('abort', leave);
          resolve(this.#permit());
        },
      };
      this.#line.push(place);
      signal?.addEventListener('abort', leave);
      this.#serve();
    });
  }

  async run<T>(fn: () => T | Promise<T>, options: { signal?: AbortSignal } = {}): Promise<T> {
    const release = await this.acquire(options);
    return Promise.try(fn).finally(release);
  }

  #permit(): () => void {
    let out = true;
    return () => {
      if (!out) return;
      out = false;
      this.#free += 1;
      this.#serve();
    };
  }

  #serve(): void {
    while (this.#free > 0 && this.#line.length > 0) {
      this.#free -= 1;
      this.#line.shift()!.go();
    }
  }
}

export async function mapLimit<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  fn: (item: T, index: number) => R | Promise<R>,
  options: { signal?: AbortSignal } = {},
): Promise<R[]> {
  if (!(Number.isSafeInteger(limit) && limit > 0)) {
    throw new RangeError(`mapLimit needs a whole number above zero for its limit, not ${limit}.`);
  }
  options.signal?.throwIfAborted();
  const iterator: Iterator<T> | AsyncIterator<T> =
    Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const results: R[] = [];
  let begun = 0;
  let stopped = false;

  const runner = async (): Promise<void> => {
    for (;;) {
      if (stopped) return;
      const { done, value } = await iterator.next();
      if (done || stopped) return;
      const index = begun;
      begun += 1;
      results[index] = await Promise.try(fn, value, index).catch(stop);
    }
  };
  // Before any other runner can go on.
  const stop = (error: unknown): never => {
    stopped = true;
    throw error;
  };

  const aborted = Promise.withResolvers<never>();
  const abort = (): void => {
    stopped = true;
    aborted.reject(options.signal?.reason);
  };
  options.signal?.addEventListener('abort', abort);
  try {
    const runners = Array.from({ length: limit }, runner);
    await Promise.race([Promise.all(runners), aborted.promise]);
    return results;
  } catch (error) {
    stopped = true;
    Promise.try(() => iterator.return?.()).catch(() => {});
    throw error;
  } finally {
    options.signal?.removeEventListener('abort', abort);
  }
}
