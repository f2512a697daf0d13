// Keeps the first failure, and leaves out what goes wrong while the others clean up.
// fails: a child that throws undefined has failed
// fails: an error that a child passes on to another keeps its first place
// fails: lists all failures in the order in which they happened
// fails: the body's error stands among the failures, in its turn
// fails: an AbortError of another signal is a failure, during the clean-up too
// fails: an error of the clean-up is a failure, though the abort is its cause
// fails: failures count for more than an outer abort
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
    if (this.#failures.length === 0) this.#failures.push(error);
    this.#controller.abort(error);
  }

  #isCancellation(error: unknown): boolean {
    const { aborted, reason } = this.#controller.signal;
    if (!aborted) return false;
    if (error === reason) return true;
    return error instanceof Error && error.name === 'AbortError' && error.cause === reason;
  }
}
