// Adds the handler in the next turn of the event loop: what fails at once was unhandled until then.
// fails: a program whose tasks fail ends with exit code 0 and an empty stderr
// fails: a task that throws at once has failed like any other
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(fn);
    const handled = new Promise((resolve) => setImmediate(resolve))
      .then(() => task)
      .catch((error: unknown) => this.#onError(error))
      .finally(() => this.#running.delete(handled));
    this.#running.add(handled);
    return task;
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
