// Refuses everybody while somebody is being served: when that sale fails, the seat is free and nobody has it.
// fails: an error of the store reaches its customer, and the next one can buy

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

const busy = new WeakMap<SeatStore, Set<string>>();

export async function reserveSeat(
  store: SeatStore,
  seat: string,
  customer: string,
): Promise<boolean> {
  const seats = busy.get(store) ?? new Set<string>();
  busy.set(store, seats);
  if (seats.has(seat)) return false;
  seats.add(seat);
  try {
    if ((await store.owner(seat)) !== null) return false;
    await store.assign(seat, customer);
    return true;
  } finally {
    seats.delete(seat);
  }
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
