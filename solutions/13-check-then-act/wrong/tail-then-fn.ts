// `tail = tail.then(fn)`: when one function fails, the chain stays rejected and nobody behind it ever runs.
// fails: an error of the store reaches its customer, and the next one can buy
// fails: a function that fails, fails its caller, and the next one runs
// fails: functions run in the order in which they asked, newcomers last
// fails: no listener is left on a signal

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
    signal?.throwIfAborted();
    let begun = false;
    const run = this.#tail.then(() => {
      if (signal?.aborted) return undefined;
      begun = true;
      return fn();
    });
    this.#tail = run;
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => {
      if (!begun) aborted.reject(signal?.reason);
    };
    signal?.addEventListener('abort', abort);
    try {
      return (await Promise.race([run, aborted.promise])) as T;
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
