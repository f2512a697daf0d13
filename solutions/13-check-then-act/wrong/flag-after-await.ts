// Sets the flag after an await: everybody who came in between saw it unset.
// fails: one seat is sold once, in whatever order the store answers
// fails: a mutex runs one function at a time, whoever comes when
// fails: when a waiter is aborted, the next one still waits for the holder
// fails: an abort after the start changes nothing: the mutex stays held
// fails: two mutexes do not wait for each other

/** The seats of one hall, in a database: every answer takes its time. */
export interface SeatStore {
  owner(seat: string): Promise<string | null>;
  assign(seat: string, customer: string): Promise<void>;
}

export class Mutex {
  #locked = false;
  #wake: (() => void)[] = [];

  async runExclusive<T>(
    fn: () => T | Promise<T>,
    options: { signal?: AbortSignal } = {},
  ): Promise<T> {
    const { signal } = options;
    signal?.throwIfAborted();
    // "Fair": lets those go first who are already here.
    await Promise.resolve();
    while (this.#locked) await this.#turn(signal);
    await Promise.resolve();
    this.#locked = true;
    try {
      signal?.throwIfAborted();
      return await fn();
    } finally {
      this.#locked = false;
      this.#wake.shift()?.();
    }
  }

  /** A place in the queue; an abort gives it up. */
  async #turn(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake.push(resolve);
    try {
      await orAborted(promise, signal);
      signal?.throwIfAborted();
    } catch (error) {
      const place = this.#wake.indexOf(resolve);
      if (place === -1) this.#wake.shift()?.();
      else this.#wake.splice(place, 1);
      throw error;
    }
  }
}

const halls = new WeakMap<SeatStore, Map<string, Mutex>>();

export async function reserveSeat(
  store: SeatStore,
  seat: string,
  customer: string,
): Promise<boolean> {
  return mutexOf(store, seat).runExclusive(async () => {
    if ((await store.owner(seat)) !== null) return false;
    await store.assign(seat, customer);
    return true;
  });
}

function mutexOf(store: SeatStore, seat: string): Mutex {
  const mutexes = halls.get(store) ?? new Map<string, Mutex>();
  halls.set(store, mutexes);
  const mutex = mutexes.get(seat) ?? new Mutex();
  mutexes.set(seat, mutex);
  return mutex;
}

export function singleFlight<T>(load: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const flights = new Map<string, Promise<T>>();
  return async (key) => {
    const known = flights.get(key);
    if (known !== undefined) return known;
    const flight = load(key);
    flights.set(key, flight);
    flight.catch(() => flights.delete(key));
    return flight;
  };
}

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
