// Listens for all unhandled rejections, and swallows those with an error that it has told: so the forks that callers make are lost too.
// fails: an error of other code still ends the program
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();
  readonly #told = new Set<unknown>();
  readonly #swallow = (error: unknown): void => {
    if (!this.#told.has(error)) throw error;
  };

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(fn);
    this.#running.add(task);
    task
      .catch((error: unknown) => {
        if (this.#told.size === 0) process.on('unhandledRejection', this.#swallow);
        this.#told.add(error);
        this.#onError(error);
      })
      .finally(() => this.#running.delete(task));
    return task;
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
