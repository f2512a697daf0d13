// As `Parallel.ForEachAsync` of .NET: workers share one enumerator, behind a lock. Who has begun is waited for. So an error of the work
// that comes after an abort is told in its place, and so is an error in closing the source.
type Waiter = PromiseWithResolvers<void>;

export class Semaphore {
  #free: number;
  readonly #queue = new Set<Waiter>();

  constructor(permits: number) {
    checkLimit(permits);
    this.#free = permits;
  }

  async acquire({ signal }: { signal?: AbortSignal } = {}): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else await this.#wait(signal);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#release();
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

  async #wait(signal: AbortSignal | undefined): Promise<void> {
    const waiter: Waiter = Promise.withResolvers();
    this.#queue.add(waiter);
    const leave = (): void => {
      if (this.#queue.delete(waiter)) waiter.reject(signal?.reason);
    };
    signal?.addEventListener('abort', leave);
    try {
      await waiter.promise;
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  #release(): void {
    const [waiter] = this.#queue;
    if (waiter === undefined) {
      this.#free += 1;
      return;
    }
    this.#queue.delete(waiter);
    waiter.resolve();
  }
}

export async function mapLimit<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  fn: (item: T, index: number) => R | Promise<R>,
  { signal }: { signal?: AbortSignal } = {},
): Promise<R[]> {
  checkLimit(limit);
  signal?.throwIfAborted();
  const enumerator: Iterator<T> | AsyncIterator<T> =
    Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const lock = new Semaphore(1);
  const results: R[] = [];
  const errors: unknown[] = [];
  let count = 0;
  let hasEnded = false;
  const isOver = (): boolean => hasEnded || errors.length > 0 || signal?.aborted === true;

  const moveNext = (): Promise<{ item: T; index: number } | null> =>
    lock.run(async () => {
      if (isOver()) return null;
      try {
        const { done, value } = await enumerator.next();
        if (!done) return { item: value, index: count++ };
        hasEnded = true;
        return null;
      } catch (error) {
        hasEnded = true;
        throw error;
      }
    });
  const work = async (): Promise<void> => {
    try {
      for (let next = await moveNext(); next !== null; next = await moveNext()) {
        if (errors.length > 0 || signal?.aborted) return;
        results[next.index] = await fn(next.item, next.index);
      }
    } catch (error) {
      errors.push(error);
    }
  };

  await Promise.all(Array.from({ length: limit }, work));
  if (!hasEnded) await enumerator.return?.();
  if (errors.length > 0) throw errors[0];
  signal?.throwIfAborted();
  return results;
}

function checkLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1) return;
  throw new RangeError(`Expected a limit that is a whole number above zero, got \`${limit}\`.`);
}
