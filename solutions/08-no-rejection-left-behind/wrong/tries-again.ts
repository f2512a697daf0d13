// Calls a task that throws at once a second time before it says that it has failed.
// fails: a task that throws at once has failed like any other
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(() => {
      try {
        return fn();
      } catch {
        return fn();
      }
    });
    this.#running.add(task);
    task.catch((error: unknown) => this.#onError(error)).finally(() => this.#running.delete(task));
    return task;
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
