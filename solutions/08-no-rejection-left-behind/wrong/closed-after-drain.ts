// Takes the first `drain` for the end: what fails after it is told to nobody.
// fails: drain resolves though tasks fail, when the last one has ended
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();
  #closed = false;

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(fn);
    this.#running.add(task);
    task
      .catch((error: unknown) => {
        if (!this.#closed) this.#onError(error);
      })
      .finally(() => this.#running.delete(task));
    return task;
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
    this.#closed = true;
  }
}
