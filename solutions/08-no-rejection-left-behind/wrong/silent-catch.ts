// An empty `catch`: the program lives, nobody hears of the failure, and whoever awaits takes it for a success.
// fails: each failure is told to onError once, with its very error, falsy or not
// fails: a failure is told at the moment when it happens
// fails: two tasks that fail with the same error are told twice
// fails: an await gives the value or the error, however late it comes
// fails: a task that throws at once has failed like any other
// fails: drain resolves though tasks fail, when the last one has ended
export class Background {
  readonly options: { onError: (error: unknown) => void };
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: { onError: (error: unknown) => void }) {
    this.options = options;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(fn).catch(() => {}) as Promise<T>;
    this.#running.add(task);
    void task.finally(() => this.#running.delete(task));
    return task;
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
