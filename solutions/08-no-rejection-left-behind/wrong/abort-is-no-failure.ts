// Does not tell of an `AbortError`: who aborts, so it says, knows. Of a task that nobody awaits, nobody does.
// fails: each failure is told to onError once, with its very error, falsy or not
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(fn);
    this.#running.add(task);
    task
      .catch((error: unknown) => {
        if ((error as Error | null)?.name !== 'AbortError') this.#onError(error);
      })
      .finally(() => this.#running.delete(task));
    return task;
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
