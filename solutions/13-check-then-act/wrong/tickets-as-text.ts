// Sorts the tickets as texts: ticket 10 comes before ticket 2.
// fails: functions run in the order in which they asked, newcomers last

/** The seats of one hall, in a database: every answer takes its time. */
export interface SeatStore {
  owner(seat: string): Promise<string | null>;
  assign(seat: string, customer: string): Promise<void>;
}

export class Mutex {
  #locked = false;
  #waiting = new Map<string, () => void>();
  #tickets = 0;

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
    const [first] = [...this.#waiting.keys()].toSorted();
    if (first === undefined) {
      this.#locked = false;
      return;
    }
    const next = this.#waiting.get(first);
    this.#waiting.delete(first);
    next?.();
  }

  async #turn(signal: AbortSignal | undefined): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#tickets += 1;
    const ticket = `ticket ${this.#tickets}`;
    this.#waiting.set(ticket, resolve);
    try {
      await orAborted(promise, signal);
    } catch (error) {
      if (!this.#waiting.delete(ticket)) this.#pass();
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
