// A fair queue, but everybody in it looks a thousand times a second whether it is his turn.
// fails: nobody polls while they wait: no timer, no immediate
import { setTimeout as sleep } from 'node:timers/promises';

export class Semaphore {
  #free: number;
  #line: object[] = [];

  constructor(permits: number) {
    checkLimit(permits);
    this.#free = permits;
  }

  async acquire(options: { signal?: AbortSignal } = {}): Promise<() => void> {
    options.signal?.throwIfAborted();
    const ticket = {};
    this.#line.push(ticket);
    try {
      while (this.#free === 0 || this.#line[0] !== ticket) await sleep(1, undefined, options);
      this.#free -= 1;
    } finally {
      this.#line = this.#line.filter((other) => other !== ticket);
    }
    let released = false;
    return () => {
      if (released) return;
      released = true;
      this.#free += 1;
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
}

export async function mapLimit<T, R>(
  items: Iterable<T> | AsyncIterable<T>,
  limit: number,
  fn: (item: T, index: number) => R | Promise<R>,
  options: { signal?: AbortSignal } = {},
): Promise<R[]> {
  checkLimit(limit);
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
    let begun = 0;
    const runner = async (): Promise<void> => {
      for (;;) {
        if (over) return;
        const next = await takeNext();
        if (next.done || over) return;
        const index = begun;
        begun += 1;
        results[index] = await Promise.try(fn, next.value, index);
      }
    };
    const runners = Array.from({ length: limit }, runner);
    for (const running of runners) running.catch(() => (over = true));
    await Promise.all(runners);
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
