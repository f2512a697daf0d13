// Collects the errors, and tells them when somebody drains: until then nobody knows.
// fails: a failure is told at the moment when it happens
// fails: drain resolves though tasks fail, when the last one has ended
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();
  readonly #untold: unknown[] = [];

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(fn);
    const ended = task
      .catch((error: unknown) => this.#untold.push(error))
      .finally(() => this.#running.delete(ended));
    this.#running.add(ended);
    return task;
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
    for (const error of this.#untold.splice(0)) this.#onError(error);
  }
}
