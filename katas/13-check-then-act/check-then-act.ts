/** The seats of one hall, in a database: every answer takes its time. */
export interface SeatStore {
  owner(seat: string): Promise<string | null>;
  assign(seat: string, customer: string): Promise<void>;
}

// TODO: all three exports check something, then they await, and only then they act. Whoever comes during the await sees the same and
// does the same.

/** Lets functions run one at a time, in the order in which they asked. */
export class Mutex {
  #last: Promise<void> = Promise.resolve();

  async runExclusive<T>(
    fn: () => T | Promise<T>,
    options: { signal?: AbortSignal } = {},
  ): Promise<T> {
    await orAborted(this.#last, options.signal);
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    this.#last = left;
    try {
      options.signal?.throwIfAborted();
      return await fn();
    } finally {
      leave();
    }
  }
}

/** Sells `seat` to `customer`; false if it has an owner already. */
export async function reserveSeat(
  store: SeatStore,
  seat: string,
  customer: string,
): Promise<boolean> {
  if ((await store.owner(seat)) !== null) return false;
  await store.assign(seat, customer);
  return true;
}

/** Gives a function that loads the value of each key once, however many ask for it. */
export function singleFlight<T>(load: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const loaded = new Map<string, T>();
  return async (key) => {
    if (loaded.has(key)) return loaded.get(key)!;
    const value = await load(key);
    loaded.set(key, value);
    return value;
  };
}

/** Waits for `promise`; an abort rejects at once with the signal's reason. No listener is left on the signal. */
async function orAborted(promise: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal?.reason);
  signal?.addEventListener('abort', abort);
  try {
    await Promise.race([promise, aborted.promise]);
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}
