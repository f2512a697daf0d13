// What is at work is raced against the abort, in `run` too: its caller leaves early, and the permit stays out until the work has settled.
// `Infinity` is a limit.
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

  /** Calls `fn` with a permit, which is held until what `fn` returned has settled. An abort rejects at once, also then. */
  async run<T>(fn: () => T | Promise<T>, options: { signal?: AbortSignal } = {}): Promise<T> {
    const release = await this.acquire(options);
    const work = Promise.try(fn);
    work.then(release, release);
    return orAborted(work, options.signal);
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
  checkLimit(limit);
  const { signal } = options;
  signal?.throwIfAborted();
  const results: R[] = [];
  const atWork = new Set<Promise<void>>();
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  failed.catch(() => {});
  let over = false;
  let begun = 0;
  const stop = (error: unknown): void => {
    over = true;
    fail(error);
  };
  const giveUp = (): void => stop(signal?.reason);
  const work = async (item: T, index: number): Promise<void> => {
    try {
      results[index] = await fn(item, index);
    } catch (error) {
      stop(error);
    }
  };

  signal?.addEventListener('abort', giveUp);
  try {
    for await (const item of items) {
      if (over) await failed;
      const one: Promise<void> = work(item, begun).then(() => void atWork.delete(one));
      begun += 1;
      atWork.add(one);
      if (atWork.size >= limit) await Promise.race([failed, ...atWork]);
      if (over) await failed;
    }
    await Promise.race([failed, Promise.all(atWork)]);
    if (over) await failed;
    return results;
  } catch (error) {
    // The source may have failed after something else.
    if (over) await failed;
    throw error;
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
}

/** Settles as `work` does, or rejects with the reason of an abort that comes before that. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal?.reason);
  signal?.addEventListener('abort', abort);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

function checkLimit(limit: number): void {
  if (limit >= 1 && (Number.isInteger(limit) || limit === Infinity)) return;
  throw new RangeError(`Expected a limit that is a whole number above zero, got \`${limit}\`.`);
}
