// Draws a number and looks a thousand times a second whether it is called: fair, but each waiter costs a timer.
// fails: nobody polls: none of the three sets a timer or an immediate

/** The seats of one hall, in a database: every answer takes its time. */
export interface SeatStore {
  owner(seat: string): Promise<string | null>;
  assign(seat: string, customer: string): Promise<void>;
}

export class Mutex {
  #queue: symbol[] = [];

  async runExclusive<T>(
    fn: () => T | Promise<T>,
    options: { signal?: AbortSignal } = {},
  ): Promise<T> {
    const { signal } = options;
    const ticket = Symbol('ticket');
    this.#queue.push(ticket);
    try {
      signal?.throwIfAborted();
      while (this.#queue[0] !== ticket) {
        await sleep(1);
        signal?.throwIfAborted();
      }
      return await fn();
    } finally {
      this.#queue.splice(this.#queue.indexOf(ticket), 1);
    }
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
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
