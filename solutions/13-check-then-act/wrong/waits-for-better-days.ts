// Lets each call wait a little longer than the one before, so that "two never come together": a store that is slow brings them together again.
// fails: one seat is sold once, in whatever order the store answers
// fails: nobody polls: none of the three sets a timer or an immediate

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

let calls = 0;

export async function reserveSeat(
  store: SeatStore,
  seat: string,
  customer: string,
): Promise<boolean> {
  calls += 1;
  await sleep((calls % 5) * 2);
  if ((await store.owner(seat)) !== null) return false;
  await store.assign(seat, customer);
  return true;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
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
