// A count instead of a set, and everybody who drains is woken when it comes to zero.
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #waiting: (() => void)[] = [];
  #count = 0;

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    this.#count += 1;
    const task = new Promise<T>((resolve) => {
      resolve(fn());
    });
    task.then(
      () => this.#leave(),
      (error: unknown) => {
        this.#onError(error);
        this.#leave();
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
