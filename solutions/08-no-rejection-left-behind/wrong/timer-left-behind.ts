// Sets a timer for each task, to warn of a slow one, and never clears it: the program lives on until the last of them.
// fails: a program whose tasks fail ends with exit code 0 and an empty stderr
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(fn);
    setTimeout(() => {
      if (this.#running.has(task)) console.warn('A task is slow');
    }, 30_000);
    this.#running.add(task);
    task.catch((error: unknown) => this.#onError(error)).finally(() => this.#running.delete(task));
    return task;
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
