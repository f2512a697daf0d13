// Tells only of an error that is truthy: `throw undefined` is a failure too.
// fails: each failure is told to onError once, with its very error, falsy or not
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(fn);
    const ended = task
      .catch((error: unknown) => {
        if (error) this.#onError(error);
      })
      .finally(() => this.#running.delete(ended));
    this.#running.add(ended);
    return task;
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
