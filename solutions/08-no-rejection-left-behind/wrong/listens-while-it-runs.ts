// Listens for unhandled rejections of the process while a task runs: an error of other code is lost meanwhile.
// fails: an error of other code still ends the program
// fails: a program whose tasks fail ends with exit code 0 and an empty stderr
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(fn);
    this.#running.add(task);
    const swallow = () => {};
    process.on('unhandledRejection', swallow);
    task
      .catch((error: unknown) => this.#onError(error))
      .finally(() => {
        this.#running.delete(task);
        process.off('unhandledRejection', swallow);
      });
    return task;
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
