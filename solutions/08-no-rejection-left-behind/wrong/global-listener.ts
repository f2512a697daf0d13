// Listens for every unhandled rejection of the process, "to be safe": so an error of other code is lost as well.
// fails: an error of other code still ends the program
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
    process.on('unhandledRejection', this.#onError);
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(fn);
    const ended = task
      .catch((error: unknown) => this.#onError(error))
      .finally(() => this.#running.delete(ended));
    this.#running.add(ended);
    return task;
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
