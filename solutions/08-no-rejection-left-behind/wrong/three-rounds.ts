// Looks three times for tasks that were started meanwhile, and takes that for enough.
// fails: drain waits for the tasks that tasks start
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(fn);
    this.#running.add(task);
    task.catch((error: unknown) => this.#onError(error)).finally(() => this.#running.delete(task));
    return task;
  }

  async drain(): Promise<void> {
    await Promise.allSettled(this.#running);
    await Promise.allSettled(this.#running);
    await Promise.allSettled(this.#running);
  }
}
