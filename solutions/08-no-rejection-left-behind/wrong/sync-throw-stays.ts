// Counts a task before it calls it. One that throws at once is told, but counted for ever.
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
    let task: Promise<T>;
    try {
      task = Promise.resolve(fn());
    } catch (error) {
      this.#onError(error);
      task = Promise.reject(error);
      task.catch(() => {});
      return task;
    }
    task.catch((error: unknown) => this.#onError(error)).finally(() => this.#leave());
    return task;
  }

  drain(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#count === 0) resolve();
      else this.#waiting.push(resolve);
    });
  }

  #leave(): void {
    this.#count -= 1;
    if (this.#count > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
