// Lets a thousand wait, and turns away who comes after them.
// fails: functions run in the order in which they asked, newcomers last

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
        if (this.#waiters.length >= 1000) {
          reject(new Error('Too many wait.'));
          return;
        }
        this.#waiters.push(waiter);
        signal?.addEventListener('abort', giveUp, { once: true });
        return;
      }
      this.#held = true;
      waiter.begin();
    });
  }

  #pass(): void {
    const next = this.#waiters.shift();
    if (next === undefined) this.#held = false;
    else next.begin();
  }
}

const sales = new WeakMap<SeatStore, Map<string, { mutex: Mutex; buyers: number }>>();

export async function reserveSeat(
  store: SeatStore,
  seat: string,
  customer: string,
): Promise<boolean> {
  const seats = sales.get(store) ?? new Map<string, { mutex: Mutex; buyers: number }>();
  sales.set(store, seats);
  const sale = seats.get(seat) ?? { mutex: new Mutex(), buyers: 0 };
  seats.set(seat, sale);
  sale.buyers += 1;
  try {
    return await sale.mutex.runExclusive(async () => {
      if ((await store.owner(seat)) !== null) return false;
      await store.assign(seat, customer);
      return true;
    });
  } finally {
    sale.buyers -= 1;
    if (sale.buyers === 0) seats.delete(seat);
  }
}

export function singleFlight<T>(load: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const values = new Map<string, T>();
  const flights = new Map<string, Promise<T>>();
  return (key) => {
    if (values.has(key)) return Promise.resolve(values.get(key)!);
    let flight = flights.get(key);
    if (flight === undefined) {
      flight = land(key);
      flights.set(key, flight);
    }
    return flight;
  };

  async function land(key: string): Promise<T> {
    try {
      const value = await load(key);
      values.set(key, value);
      return value;
    } finally {
      flights.delete(key);
    }
  }
}
