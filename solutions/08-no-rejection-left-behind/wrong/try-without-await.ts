// `return fn()` without an `await`: the `try` is left before the promise fails.
// fails: each failure is told to onError once, with its very error, falsy or not
// fails: a failure is told at the moment when it happens
// fails: two tasks that fail with the same error are told twice
// fails: drain resolves though tasks fail, when the last one has ended
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = this.#start(fn);
    this.#running.add(task);
    const forget = () => this.#running.delete(task);
    task.then(forget, forget);
    return task;
  }

  async #start<T>(fn: () => T | Promise<T>): Promise<T> {
    try {
      return fn();
    } catch (error) {
      this.#onError(error);
      throw error;
    }
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
