// Throws when the outer signal is aborted already, starts each child in the next turn of the loop, and walks through a list that grows. Whatever has
// the reason for its cause is an answer to the abort.
export class TaskGroup {
  readonly #controller = new AbortController();
  readonly #failures: unknown[] = [];
  readonly #watched: Promise<void>[] = [];
  #over = false;

  static run<T>(
    body: (group: TaskGroup, signal: AbortSignal) => Promise<T>,
    options: { signal?: AbortSignal } = {},
  ): Promise<T> {
    options.signal?.throwIfAborted();
    return new TaskGroup().#run(body, options.signal);
  }

  async #run<T>(
    body: (group: TaskGroup, signal: AbortSignal) => Promise<T>,
    outer: AbortSignal | undefined,
  ): Promise<T> {
    const { signal } = this.#controller;
    const follow = (): void => this.#controller.abort(outer?.reason);
    outer?.addEventListener('abort', follow);
    const value = this.#watch(Promise.try(body, this, signal));
    for (const ended of this.#watched) await ended;
    this.#over = true;
    outer?.removeEventListener('abort', follow);

    if (this.#failures.length > 0) throw new AggregateError(this.#failures, 'The group failed.');
    signal.throwIfAborted();
    return value;
  }

  spawn<T>(fn: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
    const { signal } = this.#controller;
    signal.throwIfAborted();
    if (this.#over) throw new Error('The group is over.');
    const start = async (): Promise<T> => {
      await new Promise((resolve) => setImmediate(resolve));
      signal.throwIfAborted();
      return fn(signal);
    };
    return this.#watch(start());
  }

  #watch<T>(promise: Promise<T>): Promise<T> {
    const ended = promise.then(
      () => {},
      (error: unknown) => this.#fail(error),
    );
    this.#watched.push(ended);
    return promise;
  }

  #fail(error: unknown): void {
    const { aborted, reason } = this.#controller.signal;
    if (aborted && error === reason) return;
    if (aborted && error instanceof Error && error.cause === reason) return;
    if (!this.#failures.includes(error)) this.#failures.push(error);
    this.#controller.abort(error);
  }
}
