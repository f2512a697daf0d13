// Does not listen to the promise of the return() of the source: when it rejects, nobody handles that.
// fails: rejects with the first failure, of the work or of the source

/** Hands out a fixed number of permits; whoever finds none waits for one. */
export class Semaphore {
  #free: number;
  /** Those who wait, in the order in which they came. A call hands over a permit. */
  #waiters = new Set<() => void>();

  constructor(permits: number) {
    checkLimit(permits);
    this.#free = permits;
  }

  /** Waits for a permit, and gives the function that returns it. An abort rejects with the signal's reason, or an AbortError caused by it. */
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

  /** Calls `fn` with a permit, which is held until what `fn` returned has settled. */
  async run<T>(fn: () => T | Promise<T>, options: { signal?: AbortSignal } = {}): Promise<T> {
    const release = await this.acquire(options);
    try {
      return await fn();
    } finally {
      release();
    }
  }

  /** The permit does not become free while somebody waits: it changes hands. */
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
    // After the hand-off an abort does nothing here: who has the permit keeps it, and will release it.
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

/** Calls `fn` for every item, `limit` at a time at most, and resolves with the results in the order of the items. */
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
  const giveUp = (): void => {
    over = true;
    fail(signal?.reason);
  };
  let sourceEnded = false;

  const mapAll = async (): Promise<R[]> => {
    const ended: Promise<void>[] = [];
    for (let index = 0; ; index += 1) {
      const release = await places.acquire();
      // A failure or an abort may have come while this waited, for a place and for an item.
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

  signal?.addEventListener('abort', giveUp);
  try {
    return await Promise.race([mapAll(), failed]);
  } finally {
    over = true;
    signal?.removeEventListener('abort', giveUp);
    // Not awaited: a source that is stuck must not hold back the error.
    if (!sourceEnded) void Promise.try(() => source.return?.());
  }
}

function iteratorOf<T>(items: Iterable<T> | AsyncIterable<T>): Iterator<T> | AsyncIterator<T> {
  return Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
}

function checkLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1) return;
  throw new RangeError(`Expected a limit that is a whole number above zero, got \`${limit}\`.`);
}
