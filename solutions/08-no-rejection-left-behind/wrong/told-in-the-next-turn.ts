// Tells of a failure with `setImmediate`, a turn of the event loop later. `drain` does wait for it.
// fails: a failure is told at the moment when it happens
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(fn);
    const told = task
      .catch(async (error: unknown) => {
        await new Promise((resolve) => setImmediate(resolve));
        this.#onError(error);
      })
      .finally(() => this.#running.delete(told));
    this.#running.add(told);
    return task;
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
