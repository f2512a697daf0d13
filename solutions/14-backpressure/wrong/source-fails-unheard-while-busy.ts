// Waits for room in the destination, and does not hear that the source fails meanwhile.
// fails: when one stream fails, copy rejects with its error and destroys both
import { once } from 'node:events';
import { open, rm } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { finished } from 'node:stream/promises';

interface Waiter {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
}

class Closed extends Error {
  override readonly name = 'QueueClosedError';
}

// Everybody stands in a line, also who does not have to wait, and one function moves all that can move.
export class BoundedQueue<T> {
  readonly #capacity: number;
  readonly #items: T[] = [];
  #putters: { item: T; resolve: () => void; reject: (error: unknown) => void }[] = [];
  #getters: { resolve: (item: T) => void; reject: (error: unknown) => void }[] = [];
  #closed = false;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#items.length;
  }

  put(item: T, options: { signal?: AbortSignal } = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      options.signal?.throwIfAborted();
      if (this.#closed) throw new Closed('No more items.');
      const leave = (): void => {
        this.#putters = this.#putters.filter((other) => other !== putter);
        reject(options.signal?.reason);
      };
      const putter = withoutListener({ item, resolve, reject }, options.signal, leave);
      options.signal?.addEventListener('abort', leave);
      this.#putters.push(putter);
      this.#move();
    });
  }

  get(options: { signal?: AbortSignal } = {}): Promise<T> {
    return new Promise((resolve, reject) => {
      options.signal?.throwIfAborted();
      const leave = (): void => {
        this.#getters = this.#getters.filter((other) => other !== getter);
        getter.reject(options.signal?.reason);
      };
      const getter = withoutListener({ resolve, reject }, options.signal, leave);
      options.signal?.addEventListener('abort', leave);
      this.#getters.push(getter);
      this.#move();
    });
  }

  close(): void {
    this.#closed = true;
    for (const putter of this.#putters.splice(0)) putter.reject(new Closed('No more items.'));
    this.#move();
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return {
      next: async () => {
        try {
          return { value: await this.get(), done: false };
        } catch (error) {
          if (error instanceof Closed) return { value: undefined, done: true };
          throw error;
        }
      },
    };
  }

  #move(): void {
    for (;;) {
      if (this.#getters.length > 0 && this.#items.length > 0) {
        this.#getters.shift()!.resolve(this.#items.shift() as T);
      } else if (this.#putters.length > 0 && this.#items.length < this.#capacity) {
        const putter = this.#putters.shift()!;
        this.#items.push(putter.item);
        putter.resolve();
      } else {
        break;
      }
    }
    if (!this.#closed) return;
    for (const getter of this.#getters.splice(0)) getter.reject(new Closed('No item is left.'));
  }
}

function withoutListener<W extends Waiter>(
  waiter: W,
  signal: AbortSignal | undefined,
  listener: () => void,
): W {
  const settle =
    (act: (value: never) => void) =>
    (value: never): void => {
      signal?.removeEventListener('abort', listener);
      act(value);
    };
  return { ...waiter, resolve: settle(waiter.resolve), reject: settle(waiter.reject) };
}

// What pipeline does, in the open: stop reading when write says false, go on with the event 'drain'.
export async function copy(
  source: Readable,
  destination: Writable,
  options: { signal?: AbortSignal } = {},
): Promise<void> {
  const ended = finished(destination, options);
  // Heard also while this waits for room, and then nobody reads.
  const writeAll = async (): Promise<void> => {
    for await (const chunk of source) {
      if (!destination.write(chunk)) await once(destination, 'drain', options);
    }
    destination.end();
    await ended;
  };
  try {
    await Promise.race([writeAll(), ended]);
  } finally {
    source.destroy();
    destination.destroy();
  }
}

// One piece of memory, read into and written from again and again.
export async function copyFile(
  from: string,
  to: string,
  options: { signal?: AbortSignal } = {},
): Promise<void> {
  options.signal?.throwIfAborted();
  await using source = await open(from);
  try {
    await using destination = await open(to, 'w');
    const piece = Buffer.alloc(64 * 1024);
    for (;;) {
      options.signal?.throwIfAborted();
      const { bytesRead } = await source.read(piece);
      if (bytesRead === 0) break;
      await destination.writeFile(piece.subarray(0, bytesRead));
    }
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  }
}
