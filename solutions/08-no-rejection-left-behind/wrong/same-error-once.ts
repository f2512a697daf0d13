// Remembers what it has told, also texts and numbers: the second task that fails with an equal one is forgotten.
// fails: two tasks that fail with the same error are told twice
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();
  readonly #told = new Set<unknown>();

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(fn);
    const ended = task
      .catch((error: unknown) => {
        if (this.#told.has(error)) return;
        this.#told.add(error);
        this.#onError(error);
      })
      .finally(() => this.#running.delete(ended));
    this.#running.add(ended);
    return task;
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
