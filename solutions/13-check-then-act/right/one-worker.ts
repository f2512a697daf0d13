// A list of jobs and one worker that does them, one after another. It begins in a microtask, and ends when the list is empty.

/** The seats of one hall, in a database: every answer takes its time. */
export interface SeatStore {
  owner(seat: string): Promise<string | null>;
  assign(seat: string, customer: string): Promise<void>;
}

export class Mutex {
  #jobs = new Set<() => Promise<void>>();
  #working = false;

  runExclusive<T>(fn: () => T | Promise<T>, options: { signal?: AbortSignal } = {}): Promise<T> {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const leave = (): void => {
        signal?.removeEventListener('abort', leave);
        if (this.#jobs.delete(job)) reject(signal?.reason);
      };
      const job = async (): Promise<void> => {
        signal?.removeEventListener('abort', leave);
        await Promise.try(fn).then(resolve, reject);
      };
      signal?.addEventListener('abort', leave);
      this.#jobs.add(job);
      if (!this.#working) queueMicrotask(() => void this.#work());
    });
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    for (const job of this.#jobs) {
      this.#jobs.delete(job);
      await job();
    }
    this.#working = false;
  }
}

const halls = new WeakMap<SeatStore, Map<string, Mutex>>();

export function reserveSeat(store: SeatStore, seat: string, customer: string): Promise<boolean> {
  const mutexes = halls.get(store) ?? new Map<string, Mutex>();
  halls.set(store, mutexes);
  const mutex = mutexes.get(seat) ?? new Mutex();
  mutexes.set(seat, mutex);
  return mutex.runExclusive(async () => {
    const owner = await store.owner(seat);
    if (owner === null) await store.assign(seat, customer);
    return owner === null;
  });
}

export function singleFlight<T>(load: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const values = new Map<string, { value: T }>();
  const waiting = new Map<string, PromiseWithResolvers<T>[]>();
  return (key) => {
    const known = values.get(key);
    if (known !== undefined) return Promise.resolve(known.value);
    const caller = Promise.withResolvers<T>();
    const callers = waiting.get(key);
    if (callers === undefined) begin(key, [caller]);
    else callers.push(caller);
    return caller.promise;
  };

  function begin(key: string, callers: PromiseWithResolvers<T>[]): void {
    waiting.set(key, callers);
    const land = (): void => void waiting.delete(key);
    load(key).then(
      (value) => {
        values.set(key, { value });
        land();
        for (const { resolve } of callers) resolve(value);
      },
      (error: unknown) => {
        land();
        for (const { reject } of callers) reject(error);
      },
    );
  }
}
