// Calls the task with nothing around it: one that throws at once makes `run` throw, and is told to nobody.
// fails: a task that throws at once has failed like any other
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.resolve(fn());
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
