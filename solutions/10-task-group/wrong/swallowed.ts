// Gives back the promise behind its own catch: the body gets undefined where the child has failed, and goes on with it.
// fails: the promise of a child that failed rejects with its error
// fails: a child that throws at once is a failed child, not a spawn that throws
export class TaskGroup {
  readonly #controller = new AbortController();
  readonly #children = new Set<Promise<unknown>>();
  readonly #failures: unknown[] = [];
  #ended = false;

  static async run<T>(
    body: (group: TaskGroup, signal: AbortSignal) => Promise<T>,
    options: { signal?: AbortSignal } = {},
  ): Promise<T> {
    options.signal?.throwIfAborted();
    const group = new TaskGroup();
    const cancel = (): void => group.#controller.abort(options.signal?.reason);
    options.signal?.addEventListener('abort', cancel);

    const value = group.spawn((signal) => body(group, signal));
    while (group.#children.size > 0) await Promise.allSettled(group.#children);
    group.#ended = true;
    options.signal?.removeEventListener('abort', cancel);

    if (group.#failures.length > 0) throw new AggregateError(group.#failures);
    options.signal?.throwIfAborted();
    return value;
  }

  spawn<T>(fn: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
    const { signal } = this.#controller;
    signal.throwIfAborted();
    if (this.#ended) throw new Error('The group has ended.');
    const child = Promise.try(fn, signal);
    this.#children.add(child);
    const leave = (): boolean => this.#children.delete(child);
    child.then(leave, leave);
    return child.catch((error: unknown) => {
      this.#fail(error);
      return undefined as T;
    });
  }

  #fail(error: unknown): void {
    if (this.#isCancellation(error)) return;
    if (!this.#failures.includes(error)) this.#failures.push(error);
    this.#controller.abort(error);
  }

  #isCancellation(error: unknown): boolean {
    const { aborted, reason } = this.#controller.signal;
    if (!aborted) return false;
    if (error === reason) return true;
    return error instanceof Error && error.name === 'AbortError' && error.cause === reason;
  }
}
