// Without waiting in a loop and without a class for the seats: each new promise hangs on the one before.
/** The seats of one hall, in a database: every answer takes its time. */
export interface SeatStore {
  owner(seat: string): Promise<string | null>;
  assign(seat: string, customer: string): Promise<void>;
}

export class Mutex {
  #tail: Promise<unknown> = Promise.resolve();

  async runExclusive<T>(
    fn: () => T | Promise<T>,
    options: { signal?: AbortSignal } = {},
  ): Promise<T> {
    const { signal } = options;
    let begun = false;
    const run = this.#tail.then(() => {
      signal?.throwIfAborted();
      begun = true;
      return fn();
    });
    // A failure reaches its caller by `run`, and nobody behind it.
    this.#tail = run.catch(() => {});

    const aborted = Promise.withResolvers<never>();
    const abort = (): void => {
      if (!begun) aborted.reject(signal?.reason);
    };
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
    try {
      return await Promise.race([run, aborted.promise]);
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }
}

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
  return (key) => {
    const known = flights.get(key);
    if (known !== undefined) return known;
    const flight = load(key).catch((error: unknown) => {
      flights.delete(key);
      throw error;
    });
    flights.set(key, flight);
    return flight;
  };
}
