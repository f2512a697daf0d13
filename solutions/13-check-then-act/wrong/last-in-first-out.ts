// Takes the next waiter with `pop`: who came first waits longest, and under load for ever.
// fails: functions run in the order in which they asked, newcomers last
// fails: a function that fails, fails its caller, and the next one runs

/** The seats of one hall, in a database: every answer takes its time. */
export interface SeatStore {
  owner(seat: string): Promise<string | null>;
  assign(seat: string, customer: string): Promise<void>;
}

export class Mutex {
  #locked = false;
  #waiting: (() => void)[] = [];

  async runExclusive<T>(
    fn: () => T | Promise<T>,
    options: { signal?: AbortSignal } = {},
  ): Promise<T> {
    const { signal } = options;
    signal?.throwIfAborted();
    if (this.#locked) await this.#turn(signal);
    this.#locked = true;
    try {
      signal?.throwIfAborted();
      return await fn();
    } finally {
      this.#pass();
    }
  }

  /** Hands the lock on without opening it. */
  #pass(): void {
    const next = this.#waiting.pop();
    if (next === undefined) this.#locked = false;
    else next();
  }

  async #turn(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push(resolve);
    try {
      await orAborted(promise, signal);
    } catch (error) {
      const place = this.#waiting.indexOf(resolve);
      if (place === -1) this.#pass();
      else this.#waiting.splice(place, 1);
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
