// `drain` waits for a turn of the event loop before it looks, also when no task runs.
// fails: every drain waits for the tasks that run then
// fails: drain resolves at once when no task runs
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
    do await new Promise((resolve) => setImmediate(resolve));
    while (this.#running.size > 0);
  }
}
