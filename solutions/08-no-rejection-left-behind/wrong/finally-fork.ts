// Tells of the error, but `finally` makes one more promise that fails, and nobody handles that one.
// fails: a program whose tasks fail ends with exit code 0 and an empty stderr
// fails: each failure is told to onError once, with its very error, falsy or not
// fails: a failure is told at the moment when it happens
// fails: two tasks that fail with the same error are told twice
// fails: an await gives the value or the error, however late it comes
// fails: a task that throws at once has failed like any other
// fails: drain resolves though tasks fail, when the last one has ended
// fails: drain resolves at once when no task runs
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(fn);
    this.#running.add(task);
    task.catch((error: unknown) => this.#onError(error));
    task.finally(() => this.#running.delete(task));
    return task;
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
