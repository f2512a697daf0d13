// Keeps the functions of the tasks and not their promises: of two tasks with one function, the first that ends takes both away.
// fails: every drain waits for the tasks that run then
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #functions = new Set<unknown>();
  readonly #waiting: (() => void)[] = [];

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(fn);
    this.#functions.add(fn);
    task
      .catch((error: unknown) => this.#onError(error))
      .finally(() => {
        this.#functions.delete(fn);
        if (this.#functions.size > 0) return;
        for (const resolve of this.#waiting.splice(0)) resolve();
      });
    return task;
  }

  drain(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#functions.size === 0) resolve();
      else this.#waiting.push(resolve);
    });
  }
}
