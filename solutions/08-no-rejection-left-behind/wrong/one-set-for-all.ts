// Keeps the tasks of all Backgrounds in one set: each `drain` also waits for the tasks of others.
// fails: drain resolves at once when no task runs
const running = new Set<Promise<unknown>>();
export class Background {
  readonly #onError: (error: unknown) => void;

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(fn);
    running.add(task);
    task.catch((error: unknown) => this.#onError(error)).finally(() => running.delete(task));
    return task;
  }

  async drain(): Promise<void> {
    while (running.size > 0) await Promise.allSettled(running);
  }
}
