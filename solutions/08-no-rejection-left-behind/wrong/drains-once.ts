// Keeps the promise of the first `drain` for all later ones: it has resolved long ago.
// fails: every drain waits for the tasks that run then
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();
  #drained: Promise<void> | null = null;

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(fn);
    const ended = task
      .catch((error: unknown) => this.#onError(error))
      .finally(() => this.#running.delete(ended));
    this.#running.add(ended);
    return task;
  }

  drain(): Promise<void> {
    this.#drained ??= this.#wait();
    return this.#drained;
  }

  async #wait(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}
