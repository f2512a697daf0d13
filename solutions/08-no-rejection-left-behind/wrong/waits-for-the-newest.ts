// `drain` waits for the task that was started last, and takes it for the one that ends last.
// fails: every drain waits for the tasks that run then
export class Background {
  readonly #onError: (error: unknown) => void;
  #newest: Promise<unknown> | null = null;

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(fn);
    const newest: Promise<unknown> = task
      .catch((error: unknown) => this.#onError(error))
      .finally(() => {
        if (this.#newest === newest) this.#newest = null;
      });
    this.#newest = newest;
    return task;
  }

  async drain(): Promise<void> {
    while (this.#newest !== null) await this.#newest;
  }
}
