// Takes a free mutex at once and calls the function a moment later. An abort in that moment is too late, as one after it is.
// After an abort the listener stays on the signal: nothing will call it any more.

/** The seats of one hall, in a database: every answer takes its time. */
export interface SeatStore {
  owner(seat: string): Promise<string | null>;
  assign(seat: string, customer: string): Promise<void>;
}

interface Waiter {
  begin: () => void;
}

export class Mutex {
  #held = false;
  #waiters: Waiter[] = [];

  runExclusive<T>(fn: () => T | Promise<T>, options: { signal?: AbortSignal } = {}): Promise<T> {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const giveUp = (): void => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        reject(signal?.reason);
      };
      const waiter: Waiter = {
        begin: () => {
          signal?.removeEventListener('abort', giveUp);
          // The mutex passes on before the caller is told.
          Promise.try(fn).then(
            (value) => {
              this.#pass();
              resolve(value);
            },
            (error: unknown) => {
              this.#pass();
              reject(error);
            },
          );
        },
      };
      if (this.#held) {
        this.#waiters.push(waiter);
        signal?.addEventListener('abort', giveUp);
        return;
      }
      this.#held = true;
      queueMicrotask(waiter.begin);
    });
  }

  #pass(): void {
    const next = this.#waiters.shift();
    if (next === undefined) this.#held = false;
    else next.begin();
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
