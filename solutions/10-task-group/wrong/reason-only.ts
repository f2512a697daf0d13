// Knows a cancellation by the reason itself. Node wraps the reason in an AbortError: the cancelled count as failed.
// fails: an AbortError caused by the group's abort is no failure
// fails: failures count for more than an outer abort
// fails: a group that fails leaves another group alone
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
    child.then(
      () => this.#children.delete(child),
      (error: unknown) => {
        this.#children.delete(child);
        this.#fail(error);
      },
    );
    return child;
  }

  #fail(error: unknown): void {
    if (this.#isCancellation(error)) return;
    if (!this.#failures.includes(error)) this.#failures.push(error);
    this.#controller.abort(error);
  }

  #isCancellation(error: unknown): boolean {
    return this.#controller.signal.aborted && error === this.#controller.signal.reason;
  }
}
