// Looks at the signal once more when the copy has its name: it rejects, and the whole file stays.
// fails: copyFile that fails or is aborted leaves no file behind
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** The queue was closed: nothing more can be put, or nothing more will come. */
export class QueueClosedError extends Error {
  override readonly name = 'QueueClosedError';
}

/** A queue between producers and consumers, for `capacity` items at most. */
export class BoundedQueue<T> {
  readonly capacity: number;
  readonly #items: T[] = [];
  /** Consumers that wait for an item, in the order in which they came. There are none while there are items. */
  readonly #getters = new Set<PromiseWithResolvers<T>>();
  /** Producers that wait for room, each with its item. There are none while there is room. */
  readonly #putters = new Map<PromiseWithResolvers<void>, T>();
  #closed = false;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  /** How many items lie in the queue. */
  get size(): number {
    return this.#items.length;
  }

  /** Puts an item at the end, once there is room. An abort rejects with the signal's reason: then the item never comes out. */
  async put(item: T, options: { signal?: AbortSignal } = {}): Promise<void> {
    options.signal?.throwIfAborted();
    if (this.#closed) throw new QueueClosedError('The queue was closed: it takes no more items.');
    const [getter] = this.#getters;
    if (getter !== undefined) {
      this.#getters.delete(getter);
      getter.resolve(item);
      return;
    }
    if (this.#items.length < this.capacity) {
      this.#items.push(item);
      return;
    }
    const putter = Promise.withResolvers<void>();
    this.#putters.set(putter, item);
    await waitIn(this.#putters, putter, options.signal);
  }

  /** Takes the oldest item, once there is one. An abort rejects with the signal's reason: then it has taken none. */
  async get(options: { signal?: AbortSignal } = {}): Promise<T> {
    options.signal?.throwIfAborted();
    if (this.#items.length > 0) {
      const item = this.#items.shift() as T;
      this.#letIn();
      return item;
    }
    if (this.#closed) throw new QueueClosedError('The queue was closed, and no item is left.');
    const getter = Promise.withResolvers<T>();
    this.#getters.add(getter);
    return waitIn(this.#getters, getter, options.signal);
  }

  /** Takes no more items. Those in the queue can still be taken; who waits is told. */
  close(): void {
    this.#closed = true;
    for (const waiter of [...this.#getters, ...this.#putters.keys()]) {
      waiter.reject(new QueueClosedError('The queue was closed.'));
    }
    this.#getters.clear();
    this.#putters.clear();
  }

  /** Takes items until the queue is closed and empty. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void> {
    while (!this.#closed || this.#items.length > 0) {
      let item: T;
      try {
        item = await this.get();
      } catch (error) {
        if (error instanceof QueueClosedError) return;
        throw error;
      }
      yield item;
    }
  }

  /** The item of the longest waiting producer goes in at once: a newcomer must not find the room before it. */
  #letIn(): void {
    const [longest] = this.#putters;
    if (longest === undefined) return;
    const [putter, item] = longest;
    this.#putters.delete(putter);
    this.#items.push(item);
    putter.resolve();
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
  const partial = `${to}.partial`;
  try {
    await copy(createReadStream(from), createWriteStream(partial), options);
    await rename(partial, to);
    options.signal?.throwIfAborted();
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

/** Waits until somebody settles the waiter. After that an abort changes nothing; before, it takes the waiter out of its line. */
async function waitIn<T>(
  line: { delete(waiter: PromiseWithResolvers<T>): boolean },
  waiter: PromiseWithResolvers<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  const giveUp = (): void => {
    line.delete(waiter);
    waiter.reject(signal?.reason);
  };
  signal?.addEventListener('abort', giveUp);
  try {
    return await waiter.promise;
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
}
