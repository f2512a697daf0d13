// A `try` with an `await` in it tells of the error and throws it on. The promise of it has a listener that does nothing.
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = this.#watch(fn);
    this.#running.add(task);
    const forget = (): void => {
      this.#running.delete(task);
    };
    task.then(forget, forget);
    return task;
  }

  async drain(): Promise<void> {
    for (const task of this.#running) await task.catch(() => {});
    if (this.#running.size > 0) await this.drain();
  }

  async #watch<T>(fn: () => T | Promise<T>): Promise<T> {
    try {
      // A microtask later: a task may also be called when the code that started it has ended.
      return await Promise.resolve().then(fn);
    } catch (error) {
      this.#onError(error);
      throw error;
    }
  }
}
