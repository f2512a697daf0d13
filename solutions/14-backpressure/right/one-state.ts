// One value holds all of the queue, and a new one takes its place at each step. After an abort the listener stays on the signal: nothing will
// call it any more.
import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

type Options = { signal?: AbortSignal };
type Putter<T> = {
  readonly item: T;
  readonly accept: () => void;
  readonly refuse: (error: unknown) => void;
};
type Getter<T> = { readonly give: (item: T) => void; readonly refuse: (error: unknown) => void };
type State<T> = {
  readonly items: readonly T[];
  readonly putters: readonly Putter<T>[];
  readonly getters: readonly Getter<T>[];
  readonly closed: boolean;
};

const closedError = () => Object.assign(new Error('closed'), { name: 'QueueClosedError' });
const without = <E>(list: readonly E[], element: E): readonly E[] =>
  list.filter((other) => other !== element);

/** A promise that an abort rejects, as long as nothing else has settled it. */
const abortable = <V>(
  signal: AbortSignal | undefined,
  leave: () => void,
  start: (resolve: (value: V) => void, reject: (error: unknown) => void) => void,
): Promise<V> => {
  const abort = Promise.withResolvers<V>();
  const listener = () => {
    leave();
    abort.reject(signal?.reason);
  };
  signal?.addEventListener('abort', listener);
  const stop = () => signal?.removeEventListener('abort', listener);
  start(
    (value) => {
      stop();
      abort.resolve(value);
    },
    (error) => {
      stop();
      abort.reject(error);
    },
  );
  return abort.promise;
};

export class BoundedQueue<T> {
  #state: State<T> = { items: [], putters: [], getters: [], closed: false };
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#state.items.length;
  }

  /** Moves what can be moved: items to getters, putters' items into the free places. Recursive. */
  #settle(): void {
    const { items, putters, getters } = this.#state;
    const [item, ...restItems] = items;
    const [getter, ...restGetters] = getters;
    const [putter, ...restPutters] = putters;
    if (items.length > 0 && getter) {
      this.#state = { ...this.#state, items: restItems, getters: restGetters };
      getter.give(item as T);
      return this.#settle();
    }
    if (putter && items.length < this.#capacity) {
      this.#state = { ...this.#state, items: [...items, putter.item], putters: restPutters };
      putter.accept();
      return this.#settle();
    }
  }

  put(item: T, { signal }: Options = {}): Promise<void> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#state.closed) return Promise.reject(closedError());
    let me: Putter<T>;
    const leave = () => {
      this.#state = { ...this.#state, putters: without(this.#state.putters, me) };
    };
    return abortable<void>(signal, leave, (accept, refuse) => {
      me = { item, accept, refuse };
      this.#state = { ...this.#state, putters: [...this.#state.putters, me] };
      this.#settle();
    });
  }

  get({ signal }: Options = {}): Promise<T> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#state.closed && this.#state.items.length === 0) return Promise.reject(closedError());
    let me: Getter<T>;
    const leave = () => {
      this.#state = { ...this.#state, getters: without(this.#state.getters, me) };
    };
    return abortable<T>(signal, leave, (give, refuse) => {
      me = { give, refuse };
      this.#state = { ...this.#state, getters: [...this.#state.getters, me] };
      this.#settle();
    });
  }

  close(): void {
    const { putters, getters } = this.#state;
    this.#state = { ...this.#state, putters: [], getters: [], closed: true };
    [...putters, ...getters].forEach(({ refuse }) => refuse(closedError()));
  }

  [Symbol.asyncIterator](): AsyncIterator<T> {
    return {
      next: () =>
        this.get().then(
          (value): IteratorResult<T> => ({ done: false, value }),
          (error: Error): IteratorResult<T> => {
            if (error.name === 'QueueClosedError') return { done: true, value: undefined };
            throw error;
          },
        ),
    };
  }
}

export const copy = (
  source: Readable,
  destination: Writable,
  options: Options = {},
): Promise<void> => pipeline(source, destination, { ...options, end: true });

export const copyFile = (from: string, to: string, options: Options = {}): Promise<void> =>
  options.signal?.aborted
    ? Promise.reject(options.signal.reason)
    : copy(createReadStream(from), createWriteStream(to), options).catch((error: unknown) =>
        rm(to, { force: true }).then(() => {
          throw error;
        }),
      );
