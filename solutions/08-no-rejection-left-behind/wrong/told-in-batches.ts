// Collects the failures for a tenth of a second, to tell them together: the alarm is late.
// fails: a failure is told at the moment when it happens
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();
  #untold: unknown[] = [];

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(fn);
    const ended = task
      .catch((error: unknown) => {
        if (this.#untold.length === 0) setTimeout(() => this.#tell(), 100).unref();
        this.#untold.push(error);
      })
      .finally(() => this.#running.delete(ended));
    this.#running.add(ended);
    return task;
  }

  async drain(): Promise<void> {
    while (this.#running.size > 0) {
      await Promise.allSettled(this.#running);
      this.#tell();
    }
  }

  #tell(): void {
    for (const error of this.#untold.splice(0)) this.#onError(error);
  }
}
