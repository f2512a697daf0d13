import { setTimeout as sleep } from 'node:timers/promises';

// TODO: the limit holds, but free places stay empty. A waiter looks for a permit every ten milliseconds, and mapLimit waits for the slowest
// of each batch.

/** Hands out a fixed number of permits; whoever finds none waits for one. */
export class Semaphore {
  #free: number;

  constructor(permits: number) {
    checkLimit(permits);
    this.#free = permits;
  }

  /** Waits for a permit, and gives the function that returns it. An abort rejects with the signal's reason, or an AbortError caused by it. */
  async acquire(options: { signal?: AbortSignal } = {}): Promise<() => void> {
    options.signal?.throwIfAborted();
    while (this.#free === 0) await sleep(10, undefined, options);
    this.#free -= 1;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#free += 1;
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
}

/** Calls `fn` for every item, `limit` at a time at most, and resolves with the results in the order of the items. */
export async function mapLimit<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  fn: (item: T, index: number) => R | Promise<R>,
  options: { signal?: AbortSignal } = {},
): Promise<R[]> {
  checkLimit(limit);
  options.signal?.throwIfAborted();
  const results: R[] = [];
  const batch: T[] = [];
  const runBatch = async (): Promise<void> => {
    const first = results.length;
    results.push(
      ...(await Promise.all(batch.map((item, index) => Promise.try(fn, item, first + index)))),
    );
    batch.length = 0;
    options.signal?.throwIfAborted();
  };
  for await (const item of items) {
    batch.push(item);
    if (batch.length === limit) await runBatch();
  }
  await runBatch();
  return results;
}

function checkLimit(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1) return;
  throw new RangeError(`Expected a limit that is a whole number above zero, got \`${limit}\`.`);
}
