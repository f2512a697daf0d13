// Takes an `Error` that was loaded for a failure.
// fails: a value comes out as it is, whatever it is

/** The seats of one hall, in a database: every answer takes its time. */
export interface SeatStore {
  owner(seat: string): Promise<string | null>;
  assign(seat: string, customer: string): Promise<void>;
}

// Between two awaits nobody else runs. So each export leaves its mark (a place in the queue, a mutex for the seat, a load under way) in
// the same go in which it looks: whoever comes during the await finds it.

/** Lets functions run one at a time, in the order in which they asked. */
export class Mutex {
  #last: Promise<void> = Promise.resolve();

  async runExclusive<T>(
    fn: () => T | Promise<T>,
    options: { signal?: AbortSignal } = {},
  ): Promise<T> {
    const before = this.#last;
    const { promise: left, resolve: leave } = Promise.withResolvers<void>();
    // Who comes next waits for this one *and* for those before it: one that was aborted leaves early, while the holder goes on.
    this.#last = before.then(() => left);
    try {
      await orAborted(before, options.signal);
      // An abort may have come in the moment of the hand-off.
      options.signal?.throwIfAborted();
      return await fn();
    } finally {
      leave();
    }
  }
}

const halls = new WeakMap<SeatStore, Map<string, Mutex>>();

/** Sells `seat` to `customer`; false if it has an owner already. */
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

/** One mutex for each seat of each hall: buyers of other seats do not wait. */
function mutexOf(store: SeatStore, seat: string): Mutex {
  const mutexes = halls.get(store) ?? new Map<string, Mutex>();
  halls.set(store, mutexes);
  const mutex = mutexes.get(seat) ?? new Mutex();
  mutexes.set(seat, mutex);
  return mutex;
}

/** Gives a function that loads the value of each key once, however many ask for it. */
export function singleFlight<T>(load: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const flights = new Map<string, Promise<T>>();
  return async (key) => {
    const known = flights.get(key);
    if (known !== undefined) return known;
    const flight = load(key).then((value) => {
      if (value instanceof Error) throw value;
      return value;
    });
    flights.set(key, flight);
    // The first to hear of a failure, before any caller: who tries again finds no trace of it.
    flight.catch(() => flights.delete(key));
    return flight;
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
