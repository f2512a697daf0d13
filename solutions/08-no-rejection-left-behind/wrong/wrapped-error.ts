// Puts a "helpful" error around the task's own: whoever awaits it looks for the old one in vain.
// fails: an await gives the value or the error, however late it comes
// fails: a task that throws at once has failed like any other
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(fn);
    const ended = task
      .catch((error: unknown) => this.#onError(error))
      .finally(() => this.#running.delete(ended));
    this.#running.add(ended);
    const wrapped = task.catch((error: unknown) => {
      throw new Error('A background task failed', { cause: error });
    });
    wrapped.catch(() => {});
    return wrapped;
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
