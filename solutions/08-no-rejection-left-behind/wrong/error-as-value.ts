// Takes a value that is an Error for a failure. The task gave it, and threw nothing.
// fails: an await gives the value or the error, however late it comes
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(fn);
    this.#running.add(task);
    task
      .then((value) => {
        if (value instanceof Error) throw value;
      })
      .catch((error: unknown) => this.#onError(error))
      .finally(() => this.#running.delete(task));
    return task;
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
