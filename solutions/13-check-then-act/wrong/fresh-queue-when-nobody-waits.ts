// Begins a fresh queue when nobody waits any more: that one is still at work, and the next to come finds nobody.
// fails: a mutex runs one function at a time, whoever comes when

/** The seats of one hall, in a database: every answer takes its time. */
export interface SeatStore {
  owner(seat: string): Promise<string | null>;
  assign(seat: string, customer: string): Promise<void>;
}

export class Mutex {
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  async runExclusive<T>(
    fn: () => T | Promise<T>,
    options: { signal?: AbortSignal } = {},
  ): Promise<T> {
    const before = this.#last;
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    this.#last = before.then(() => left);
    this.#waiting += 1;
    try {
      try {
        await orAborted(before, options.signal);
      } finally {
        this.#waiting -= 1;
      }
      if (this.#waiting === 0) this.#last = Promise.resolve();
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
