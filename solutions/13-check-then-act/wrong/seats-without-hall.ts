// Finds the lock by the name of the seat alone: seat 12A of one hall waits for seat 12A of every other.
// fails: one hall does not wait for another

/** The seats of one hall, in a database: every answer takes its time. */
export interface SeatStore {
  owner(seat: string): Promise<string | null>;
  assign(seat: string, customer: string): Promise<void>;
}

export class Mutex {
  #last: Promise<void> = Promise.resolve();

  async runExclusive<T>(
    fn: () => T | Promise<T>,
    options: { signal?: AbortSignal } = {},
  ): Promise<T> {
    const before = this.#last;
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    this.#last = before.then(() => left);
    try {
      await orAborted(before, options.signal);
      options.signal?.throwIfAborted();
      return await fn();
    } finally {
      leave();
    }
  }
}

const seats = new Map<string, Mutex>();

export async function reserveSeat(
  store: SeatStore,
  seat: string,
  customer: string,
): Promise<boolean> {
  const mutex = seats.get(seat) ?? new Mutex();
  seats.set(seat, mutex);
  return mutex.runExclusive(async () => {
    if ((await store.owner(seat)) !== null) return false;
    await store.assign(seat, customer);
    return true;
  });
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
