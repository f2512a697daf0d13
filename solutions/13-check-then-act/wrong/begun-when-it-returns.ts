// Notes that the function has begun only when its call has come back: a function that aborts its own signal is refused amid its work.
// fails: an abort after the start changes nothing: the mutex stays held

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
      const result = fn();
      begun = true;
      return result;
    });
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
