// Counts a task as ended before its failure is told: `drain` resolves, and what `onError` starts still runs.
// fails: drain resolves though tasks fail, when the last one has ended
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
    task.then(
      () => this.#leave(),
      (error: unknown) => {
        this.#leave();
        this.#onError(error);
      },
    );
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
