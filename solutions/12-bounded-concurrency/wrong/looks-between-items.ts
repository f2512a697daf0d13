// Looks at the signal before each item only: an abort that comes when there is no further item is not seen.
// fails: an abort ends mapLimit, and nothing more is started

export class Semaphore {
  #free: number;
  #waiters = new Set<() => void>();

  constructor(permits: number) {
    checkLimit(permits);
    this.#free = permits;
  }

  async acquire(options: { signal?: AbortSignal } = {}): Promise<() => void> {
    options.signal?.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else await this.#nextPermit(options.signal);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#passOn();
    };
  }

  async run<T>(fn: () => T | Promise<T>, options: { signal?: AbortSignal } = {}): Promise<T> {
    const release = await this.acquire(options);
    try {
      return await fn();
    } finally {
      release();
    }
  }

  #passOn(): void {
    const [longest] = this.#waiters;
    if (longest === undefined) {
      this.#free += 1;
      return;
    }
    this.#waiters.delete(longest);
    longest();
  }

  async #nextPermit(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const giveUp = (): void => {
      this.#waiters.delete(resolve);
      reject(signal?.reason);
    };
    this.#waiters.add(resolve);
    signal?.addEventListener('abort', giveUp);
    try {
      await promise;
    } finally {
      signal?.removeEventListener('abort', giveUp);
    }
  }
}

export async function mapLimit<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  fn: (item: T, index: number) => R | Promise<R>,
  options: { signal?: AbortSignal } = {},
): Promise<R[]> {
  const places = new Semaphore(limit);
  const { signal } = options;
  signal?.throwIfAborted();
  const source = iteratorOf(items);
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  const results: R[] = [];
  let over = false;
  let sourceEnded = false;

  const mapAll = async (): Promise<R[]> => {
    const ended: Promise<void>[] = [];
    for (let index = 0; ; index += 1) {
      const release = await places.acquire();
      signal?.throwIfAborted();
      if (over) return results;
      const next = await takeNext();
      if (over) return results;
      if (next.done) break;
      const store = (result: R): void => {
        results[index] = result;
        release();
      };
      ended.push(Promise.try(fn, next.value, index).then(store, fail));
    }
    await Promise.all(ended);
    return results;
  };

  const takeNext = async (): Promise<IteratorResult<T, unknown>> => {
    try {
      const next = await source.next();
      if (next.done) sourceEnded = true;
      return next;
    } catch (error) {
      sourceEnded = true;
      throw error;
    }
  };

  try {
    return await Promise.race([mapAll(), failed]);
  } finally {
    over = true;
    if (!sourceEnded) Promise.try(() => source.return?.()).catch(() => {});
  }
}

function iteratorOf<T>(items: Iterable<T> | AsyncIterable<T>): Iterator<T> | AsyncIterator<T> {
  return Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
}

function checkLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1) return;
  throw new RangeError(`Expected a limit that is a whole number above zero, got \`${limit}\`.`);
}
