// Once a task has failed, each later `drain` rejects, long after the end of that task.
// fails: drain resolves at once when no task runs
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();
  #hasFailed = false;
  #draining = false;

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(fn);
    this.#running.add(task);
    task
      .catch((error: unknown) => {
        if (!this.#draining) this.#hasFailed = true;
        this.#onError(error);
      })
      .finally(() => this.#running.delete(task));
    return task;
  }

  async drain(): Promise<void> {
    if (this.#hasFailed && this.#running.size === 0) throw new Error('Tasks have failed');
    this.#draining = true;
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
    this.#draining = false;
  }
}
