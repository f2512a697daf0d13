// Gives the promise of the task that runs when it gets the same function again: the second receipt is never sent.
// fails: tasks run side by side, and each is called once
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();
  readonly #tasks = new Map<unknown, Promise<unknown>>();

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const known = this.#tasks.get(fn);
    if (known !== undefined) return known as Promise<T>;
    const task = Promise.try(fn);
    this.#tasks.set(fn, task);
    this.#running.add(task);
    task
      .catch((error: unknown) => this.#onError(error))
      .finally(() => {
        this.#tasks.delete(fn);
        this.#running.delete(task);
      });
    return task;
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
