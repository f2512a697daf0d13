// Goes through the source with `for await`, and has one item ready before there is a place for it. Tells of a failure when all that was
// begun has ended. A signal that is aborted already is refused by a throw.
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
  acquire(options: { signal?: AbortSignal } = {}): Promise<() => void> {
    options.signal?.throwIfAborted();
    return this.#acquire(options);
  }

  async #acquire(options: { signal?: AbortSignal }): Promise<() => void> {
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
export function mapLimit<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  fn: (item: T, index: number) => R | Promise<R>,
  options: { signal?: AbortSignal } = {},
): Promise<R[]> {
  const places = new Semaphore(limit);
  options.signal?.throwIfAborted();
  return mapInALoop(items, places, fn, options.signal);
}

async function mapInALoop<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  places: Semaphore,
  fn: (item: T, index: number) => R | Promise<R>,
  signal: AbortSignal | undefined,
): Promise<R[]> {
  const results: R[] = [];
  const begun: Promise<void>[] = [];
  const failures: unknown[] = [];
  const giveUp = (): void => void failures.push(signal?.reason);
  const begin = async (item: T, index: number, release: () => void): Promise<void> => {
    try {
      results[index] = await fn(item, index);
    } catch (error) {
      failures.push(error);
    } finally {
      release();
    }
  };

  signal?.addEventListener('abort', giveUp);
  try {
    for await (const item of items) {
      const release = await places.acquire();
      if (failures.length > 0) break;
      begun.push(begin(item, begun.length, release));
    }
  } catch (error) {
    failures.push(error);
  }
  await Promise.all(begun);
  signal?.removeEventListener('abort', giveUp);
  if (failures.length > 0) throw failures[0];
  return results;
}

function checkLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1) return;
  throw new RangeError('A limit has to be a whole number above zero.');
}
