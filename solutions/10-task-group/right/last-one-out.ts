// One promise for the whole group: whoever leaves last, body or child, opens the door. The outer signal is joined by AbortSignal.any.
export class TaskGroup {
  readonly #own = new AbortController();
  readonly #signal: AbortSignal;
  readonly #empty = Promise.withResolvers<void>();
  readonly #failures = new Set<unknown>();
  #inside = 0;
  #closed = false;

  private constructor(outer: AbortSignal | undefined) {
    this.#signal = outer ? AbortSignal.any([outer, this.#own.signal]) : this.#own.signal;
  }

  static async run<T>(
    body: (group: TaskGroup, signal: AbortSignal) => Promise<T>,
    options: { signal?: AbortSignal } = {},
  ): Promise<T> {
    const outer = options.signal;
    outer?.throwIfAborted();
    const group = new TaskGroup(outer);
    const value = group.#enter(() => body(group, group.#signal));
    await group.#empty.promise;
    group.#closed = true;
    if (group.#failures.size > 0) throw new AggregateError(group.#failures);
    outer?.throwIfAborted();
    return value;
  }

  spawn<T>(fn: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
    if (this.#closed) throw new Error('This group has ended.');
    this.#signal.throwIfAborted();
    return this.#enter(() => fn(this.#signal));
  }

  #enter<T>(work: () => T | Promise<T>): Promise<T> {
    this.#inside += 1;
    const result = (async () => work())();
    void result
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#inside -= 1;
        if (this.#inside === 0) this.#empty.resolve();
      });
    return result;
  }

  #fail(error: unknown): void {
    const { aborted, reason } = this.#signal;
    const told = error instanceof Error && error.name === 'AbortError' ? error.cause : error;
    if (aborted && (error === reason || told === reason)) return;
    this.#failures.add(error);
    this.#own.abort(new DOMException('Somebody in the group has failed.', 'AbortError'));
  }
}
