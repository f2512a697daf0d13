// The list of failures belongs to the class, not to the group: one request that fails makes all the others fail.
// fails: an AbortError caused by the group's abort is no failure
// fails: the reason of the group's abort itself is no failure
// fails: the body's error cancels the children
// fails: a group that fails leaves another group alone
// fails: lists all failures in the order in which they happened
// fails: failures count for more than an outer abort
// fails: a single failure comes in an AggregateError too
// fails: who catches the refusal of a late spawn has not failed
// fails: a child that throws undefined has failed
export class TaskGroup {
  readonly #controller = new AbortController();
  readonly #children = new Set<Promise<unknown>>();
  static #failures: unknown[] = [];
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

    if (TaskGroup.#failures.length > 0) throw new AggregateError(TaskGroup.#failures);
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
    if (!TaskGroup.#failures.includes(error)) TaskGroup.#failures.push(error);
    this.#controller.abort(error);
  }

  #isCancellation(error: unknown): boolean {
    const { aborted, reason } = this.#controller.signal;
    if (!aborted) return false;
    if (error === reason) return true;
    return error instanceof Error && error.name === 'AbortError' && error.cause === reason;
  }
}
