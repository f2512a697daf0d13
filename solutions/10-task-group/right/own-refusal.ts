// Refuses with an error of its own, which it knows again by identity, and settles a turn of the loop after the last one has ended.
class ClosedError extends Error {
  override readonly name = 'ClosedError';
}

export class TaskGroup {
  readonly #controller = new AbortController();
  readonly #failures = new Set<unknown>();
  readonly #refusals = new WeakSet<Error>();
  readonly #idle = Promise.withResolvers<void>();
  #running = 0;

  static async run<T>(
    body: (group: TaskGroup, signal: AbortSignal) => Promise<T>,
    options: { signal?: AbortSignal } = {},
  ): Promise<T> {
    const outer = options.signal;
    outer?.throwIfAborted();
    const group = new TaskGroup();
    const { signal } = group.#controller;
    const follow = (): void => group.#controller.abort(outer?.reason);
    outer?.addEventListener('abort', follow);
    const value = group.#start((signal) => body(group, signal));
    await group.#idle.promise;
    await new Promise((resolve) => setImmediate(resolve));
    outer?.removeEventListener('abort', follow);

    if (group.#failures.size > 0) throw new AggregateError(group.#failures, 'The group failed.');
    signal.throwIfAborted();
    return value;
  }

  spawn<T>(fn: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
    // Nobody is left who could spawn: the group is over.
    const isOver = this.#running === 0;
    if (isOver || this.#controller.signal.aborted) {
      const refusal = new ClosedError(isOver ? 'The group is over.' : 'The group is stopping.');
      this.#refusals.add(refusal);
      throw refusal;
    }
    return this.#start(fn);
  }

  #start<T>(fn: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
    this.#running += 1;
    const child = Promise.try(fn, this.#controller.signal);
    child.then(
      () => this.#leave(),
      (error: unknown) => {
        if (!this.#isCancellation(error)) this.#fail(error);
        this.#leave();
      },
    );
    return child;
  }

  #leave(): void {
    this.#running -= 1;
    if (this.#running === 0) this.#idle.resolve();
  }

  #fail(error: unknown): void {
    this.#failures.add(error);
    const reason = new DOMException('Another one has failed.', {
      name: 'AbortError',
      cause: error,
    });
    this.#controller.abort(reason);
  }

  #isCancellation(error: unknown): boolean {
    const { aborted, reason } = this.#controller.signal;
    if (!aborted) return false;
    if (error === reason) return true;
    if (!(error instanceof Error)) return false;
    return this.#refusals.has(error) || (error.name === 'AbortError' && error.cause === reason);
  }
}
