// The promise of `run` waits until no task runs any more, and only then gives what its own task gave.
// fails: an await gives the value or the error, however late it comes
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
    const given = this.drain().then(() => task);
    given.catch(() => {});
    return given;
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
