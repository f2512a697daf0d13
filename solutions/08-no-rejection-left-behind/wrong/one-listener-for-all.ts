// Keeps one `onError` for all Backgrounds: the newest one hears of the failures of all others.
// fails: each failure is told to onError once, with its very error, falsy or not
// fails: a task that throws at once has failed like any other
let onError: (error: unknown) => void;
export class Background {
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: { onError: (error: unknown) => void }) {
    onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(fn);
    this.#running.add(task);
    task.catch((error: unknown) => onError(error)).finally(() => this.#running.delete(task));
    return task;
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
