// Asks whether there is an error after a task that may have thrown: `throw undefined` looks like none.
// fails: a task that throws at once has failed like any other
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    let thrown: unknown;
    let given: T | Promise<T>;
    try {
      given = fn();
    } catch (error) {
      thrown = error;
    }
    const task = thrown ? Promise.reject<T>(thrown) : Promise.resolve(given!);
    this.#running.add(task);
    task.catch((error: unknown) => this.#onError(error)).finally(() => this.#running.delete(task));
    return task;
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
