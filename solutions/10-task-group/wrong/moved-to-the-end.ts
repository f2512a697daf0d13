// An error that is passed on loses its place: it stands where the last one who passed it on has failed.
// fails: an error that a child passes on to another keeps its first place
export class TaskGroup {
  readonly #controller = new AbortController();
  readonly #children = new Set<Promise<unknown>>();
  readonly #failures: unknown[] = [];
  #ended = false;

  /** Calls `body` with a new group, waits for all that runs in it, and resolves with the body's value. */
  static async run<T>(
    body: (group: TaskGroup, signal: AbortSignal) => Promise<T>,
    options: { signal?: AbortSignal } = {},
  ): Promise<T> {
    options.signal?.throwIfAborted();
    const group = new TaskGroup();
    const cancel = (): void => group.#controller.abort(options.signal?.reason);
    options.signal?.addEventListener('abort', cancel);

    // The body is a child like the others: its error cancels them, theirs cancel it. A child may start others while we
    // wait, so one look at the list is not enough: look again until nobody is left.
    const value = group.spawn((signal) => body(group, signal));
    while (group.#children.size > 0) await Promise.allSettled(group.#children);
    group.#ended = true;
    options.signal?.removeEventListener('abort', cancel);

    if (group.#failures.length > 0) {
      throw new AggregateError(group.#failures, `${group.#failures.length} failed in the group.`);
    }
    options.signal?.throwIfAborted();
    return value;
  }

  /** Starts a child of the group. The promise is that of the child's own result. */
  spawn<T>(fn: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
    const { signal } = this.#controller;
    signal.throwIfAborted();
    if (this.#ended) throw new Error('The group has ended: nobody would wait for this child.');
    const child = Promise.try(fn, signal);
    this.#children.add(child);
    // Listening from the start: a child fails while the body waits for something else, and nobody may ever await it.
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
    // Known already: it counts for the one who passed it on.
    if (this.#failures.includes(error)) this.#failures.splice(this.#failures.indexOf(error), 1);
    this.#failures.push(error);
    // The first failure stops everybody else; a second abort does nothing.
    this.#controller.abort(error);
  }

  /** Whether it is our own abort that comes back. By its reason, never by its name alone: a child has aborts of its own. */
  #isCancellation(error: unknown): boolean {
    const { aborted, reason } = this.#controller.signal;
    if (!aborted) return false;
    if (error === reason) return true;
    return error instanceof Error && error.name === 'AbortError' && error.cause === reason;
  }
}
