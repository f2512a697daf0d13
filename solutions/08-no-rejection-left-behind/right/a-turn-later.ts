// As asyncio does it: a task begins in the next turn of the loop, and what became of it is told in the turn after its end. One and the
// same Error is told once, through however many tasks it came.
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #known = new WeakSet<Error>();
  readonly #running = new Map<number, Promise<void>>();
  #count = 0;

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const number = (this.#count += 1);
    const task = nextTurn().then(fn);
    this.#running.set(number, this.#watch(number, task));
    return task;
  }

  async drain(): Promise<void> {
    do {
      await Promise.all(this.#running.values());
      await nextTurn();
    } while (this.#running.size > 0);
  }

  async #watch(number: number, task: Promise<unknown>): Promise<void> {
    try {
      await task;
    } catch (error) {
      await nextTurn();
      this.#tell(error);
    } finally {
      this.#running.delete(number);
    }
  }

  #tell(error: unknown): void {
    if (error instanceof Error) {
      if (this.#known.has(error)) return;
      this.#known.add(error);
    }
    this.#onError(error);
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
