// Puts an error of its own around one that is thrown at once, for whoever awaits the task.
// fails: a task that throws at once has failed like any other
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    let task: Promise<T>;
    try {
      task = Promise.resolve(fn());
    } catch (error) {
      this.#onError(error);
      task = Promise.reject(new Error('The task did not start', { cause: error }));
      task.catch(() => {});
      return task;
    }
    this.#running.add(task);
    task.catch((error: unknown) => this.#onError(error)).finally(() => this.#running.delete(task));
    return task;
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
