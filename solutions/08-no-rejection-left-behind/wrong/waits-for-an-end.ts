// `drain` is woken when the last task ends. Where none runs, none ends.
// fails: drain resolves at once when no task runs
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #waiting: (() => void)[] = [];
  #count = 0;

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    this.#count += 1;
    const task = Promise.try(fn);
    task.catch((error: unknown) => this.#onError(error)).finally(() => this.#leave());
    return task;
  }

  drain(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #leave(): void {
    this.#count -= 1;
    if (this.#count > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
