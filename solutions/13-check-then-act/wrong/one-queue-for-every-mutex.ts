// A `static` queue is one for the whole program: every mutex waits for every other.
// fails: two mutexes do not wait for each other

/** The seats of one hall, in a database: every answer takes its time. */
export interface SeatStore {
  owner(seat: string): Promise<string | null>;
  assign(seat: string, customer: string): Promise<void>;
}

export class Mutex {
  static #last: Promise<void> = Promise.resolve();

  async runExclusive<T>(
    fn: () => T | Promise<T>,
    options: { signal?: AbortSignal } = {},
  ): Promise<T> {
    const before = Mutex.#last;
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    Mutex.#last = before.then(() => left);
    try {
      await orAborted(before, options.signal);
      options.signal?.throwIfAborted();
      return await fn();
    } finally {
      leave();
    }
  }
}

// No mutex here: a line of promises for each seat.
const lines = new WeakMap<SeatStore, Map<string, Promise<unknown>>>();

export function reserveSeat(store: SeatStore, seat: string, customer: string): Promise<boolean> {
  const seats = lines.get(store) ?? new Map<string, Promise<unknown>>();
  lines.set(store, seats);
  const sale = (seats.get(seat) ?? Promise.resolve()).then(async () => {
    if ((await store.owner(seat)) !== null) return false;
    await store.assign(seat, customer);
    return true;
  });
  seats.set(
    seat,
    sale.catch(() => {}),
  );
  return sale;
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
