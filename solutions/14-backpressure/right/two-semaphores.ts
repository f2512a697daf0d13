// One semaphore counts the free places, another one the items: a waiter is served now, and does its part a microtask later. copyFile looks
// before it copies, and tells in its own words what is wrong.
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** The queue was closed: nothing more can be put, or nothing more will come. */
export class QueueClosedError extends Error {
  override readonly name = 'QueueClosedError';
}

/** Hands out permits in the order in which they were asked for. */
class Permits {
  #count: number;
  readonly #waiters = new Set<PromiseWithResolvers<void>>();

  constructor(count: number) {
    this.#count = count;
  }

  get none(): boolean {
    return this.#count === 0;
  }

  take(signal: AbortSignal | undefined): Promise<void> {
    if (this.#count > 0) {
      this.#count -= 1;
      return Promise.resolve();
    }
    const waiter = Promise.withResolvers<void>();
    this.#waiters.add(waiter);
    if (signal === undefined) return waiter.promise;
    const giveUp = (): void => {
      this.#waiters.delete(waiter);
      waiter.reject(signal.reason);
    };
    const tidyUp = (): void => signal.removeEventListener('abort', giveUp);
    signal.addEventListener('abort', giveUp);
    waiter.promise.then(tidyUp, tidyUp);
    return waiter.promise;
  }

  add(): void {
    const [longest] = this.#waiters;
    if (longest === undefined) {
      this.#count += 1;
      return;
    }
    this.#waiters.delete(longest);
    longest.resolve();
  }

  refuseAll(): void {
    for (const waiter of this.#waiters)
      waiter.reject(new QueueClosedError('The queue was closed.'));
    this.#waiters.clear();
  }
}

/** A queue between producers and consumers, for `capacity` items at most. */
export class BoundedQueue<T> {
  readonly #items: T[] = [];
  readonly #free: Permits;
  readonly #filled = new Permits(0);
  #closed = false;

  constructor(capacity: number) {
    this.#free = new Permits(capacity);
  }

  get size(): number {
    return this.#items.length;
  }

  async put(item: T, options: { signal?: AbortSignal } = {}): Promise<void> {
    options.signal?.throwIfAborted();
    if (this.#closed) throw new QueueClosedError('The queue was closed: it takes no more items.');
    await this.#free.take(options.signal);
    if (this.#closed) throw new QueueClosedError('The queue was closed.');
    this.#items.push(item);
    this.#filled.add();
  }

  async get(options: { signal?: AbortSignal } = {}): Promise<T> {
    options.signal?.throwIfAborted();
    if (this.#closed && this.#filled.none) {
      throw new QueueClosedError('The queue was closed, and no item is left.');
    }
    await this.#filled.take(options.signal);
    const item = this.#items.shift() as T;
    this.#free.add();
    return item;
  }

  close(): void {
    this.#closed = true;
    this.#free.refuseAll();
    this.#filled.refuseAll();
  }

  [Symbol.asyncIterator](): AsyncIterator<T, void> {
    return {
      next: async () => {
        try {
          return { done: false, value: await this.get() };
        } catch (error) {
          if (error instanceof QueueClosedError) return { done: true, value: undefined };
          throw error;
        }
      },
    };
  }
}

/** Copies all that comes from `source` into `destination`, and ends it. */
export async function copy(
  source: Readable,
  destination: Writable,
  options: { signal?: AbortSignal } = {},
): Promise<void> {
  await pipeline(source, destination, options);
}

/** Copies a file. A copy that fails or is aborted leaves nothing behind. */
export async function copyFile(
  from: string,
  to: string,
  options: { signal?: AbortSignal } = {},
): Promise<void> {
  options.signal?.throwIfAborted();
  const original = await stat(from).catch((cause: unknown) => {
    throw new Error(`There is nothing to copy: ${from}`, { cause });
  });
  if (!original.isFile()) throw new Error(`Not a file: ${from}`);
  options.signal?.throwIfAborted();
  try {
    await copy(createReadStream(from), createWriteStream(to), options);
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  }
}
