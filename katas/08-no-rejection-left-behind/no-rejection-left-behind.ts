/** Runs tasks that nobody has to wait for. */
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  /** Starts a task. Whoever wants its value or its error may await the promise, now, later or never. */
  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(fn);
    this.#running.add(task);
    // TODO: onError hears of every failure. And still a task that fails ends the whole program.
    task.catch((error: unknown) => this.#onError(error));
    void task.finally(() => this.#running.delete(task));
    return task;
  }

  /** Waits until no task runs. */
  async drain(): Promise<void> {
    // A task may have started others: so look again.
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
