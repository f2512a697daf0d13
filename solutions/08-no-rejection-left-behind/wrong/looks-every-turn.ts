// Looks in every turn of the event loop whether a task still runs: the processor has no rest while it waits.
// fails: every drain waits for the tasks that run then
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(fn);
    const ended = task
      .catch((error: unknown) => this.#onError(error))
      .finally(() => this.#running.delete(ended));
    this.#running.add(ended);
    return task;
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) await new Promise((resolve) => setImmediate(resolve));
  }
}
