// An outer abort stops the body alone. The children never hear of it, and run to their end.
// fails: an AbortError caused by the group's abort is no failure
// fails: the reason of the group's abort itself is no failure
// fails: refuses to spawn after the abort, and never calls the function
// fails: an outer abort cancels the children and rejects with its reason
// fails: who catches the refusal of a late spawn has not failed
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
    const own = group.#controller.signal;
    const either = options.signal ? AbortSignal.any([options.signal, own]) : own;

    const value = group.spawn(() => body(group, either));
    while (group.#children.size > 0) await Promise.allSettled(group.#children);
    group.#ended = true;

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
    const { aborted, reason } = this.#controller.signal;
    if (!aborted) return false;
    if (error === reason) return true;
    return error instanceof Error && error.name === 'AbortError' && error.cause === reason;
  }
}
