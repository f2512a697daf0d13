// `drain` waits for a minute at most, and then says that no task runs.
// fails: every drain waits for the tasks that run then
export class Background {
  readonly #onError: (error: unknown) => void;
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: { onError: (error: unknown) => void }) {
    this.#onError = options.onError;
  }

  run<T>(fn: () => T | Promise<T>): Promise<T> {
    const task = Promise.try(fn);
    this.#running.add(task);
    task.catch((error: unknown) => this.#onError(error)).finally(() => this.#running.delete(task));
    return task;
  }

  async drain(): Promise<void> {
    const { promise: late, resolve: giveUp } = Promise.withResolvers<void>();
    const timer = setTimeout(giveUp, 60_000);
    const ended = async () => {
      while (this.#running.size > 0) await Promise.allSettled(this.#running);
    };
    await Promise.race([ended(), late]);
    clearTimeout(timer);
  }
}
