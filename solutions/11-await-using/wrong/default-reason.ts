// Without a reason, cancel makes an Error of its own, which no function takes for an abort.
// fails: cancel gives its reason to the children
export class TaskGroup implements AsyncDisposable {
  readonly #parent: AbortSignal | undefined;
  readonly #controller = new AbortController();
  readonly #children = new Set<Promise<unknown>>();
  readonly #failures: unknown[] = [];
  #ended = false;

  /** Opens a group. When `options.signal` is aborted, the group is cancelled with the same reason. */
  constructor(options: { signal?: AbortSignal } = {}) {
    this.#parent = options.signal;
    if (this.#parent?.aborted) this.#followParent();
    else this.#parent?.addEventListener('abort', this.#followParent);
  }

  readonly #followParent = (): void => this.cancel(this.#parent?.reason);

  /** Tells the children, and whoever else listens, that the group is cancelled. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Starts a child. The promise is that of the child's own result. Throws a TaskGroupClosedError when it is too late. */
  spawn<T>(fn: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
    if (this.signal.aborted) throw new TaskGroupClosedError({ cause: this.signal.reason });
    if (this.#ended) throw new TaskGroupClosedError();
    const child = Promise.try(fn, this.signal);
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

  /** Waits until every child has ended. Rejects with all their failures, or with the parent's reason. */
  async join(): Promise<void> {
    await this.#end();
    if (this.#failures.length > 0) {
      throw new AggregateError(this.#failures, `${this.#failures.length} failed in the group.`);
    }
    this.#parent?.throwIfAborted();
  }

  /** Tells every child to stop. */
  cancel(reason: unknown = new Error('The group was cancelled.')): void {
    this.#controller.abort(reason);
  }

  /** Called when the block of `await using` has been left, in whatever way. */
  async [Symbol.asyncDispose](): Promise<void> {
    // Nobody tells us whether the block threw. Whoever wanted the results has called join: then nobody runs any more, and
    // there is nothing to do. Who still runs now works for nobody: stop it, and wait until it has. And never reject: our
    // error would cover that of the block.
    if (this.#children.size > 0) this.cancel();
    await this.#end();
  }

  async #end(): Promise<void> {
    // A child may spawn others while we wait: look again until nobody is left.
    while (this.#children.size > 0) await Promise.allSettled(this.#children);
    // From here on nobody would wait for a child, and a parent that lives for weeks need not know us.
    this.#ended = true;
    this.#parent?.removeEventListener('abort', this.#followParent);
  }

  #fail(error: unknown): void {
    if (this.#isCancellation(error)) return;
    if (!this.#failures.includes(error)) this.#failures.push(error);
    // The first failure stops everybody else; a second abort does nothing.
    this.cancel(error);
  }

  /** Whether it is the group's own abort that comes back. By its reason, never by a name alone: a child has aborts of its own. */
  #isCancellation(error: unknown): boolean {
    const { aborted, reason } = this.signal;
    if (!aborted) return false;
    if (error === reason) return true;
    if (!(error instanceof Error) || error.cause !== reason) return false;
    return error.name === 'AbortError' || error.name === 'TaskGroupClosedError';
  }
}

class TaskGroupClosedError extends Error {
  override readonly name = 'TaskGroupClosedError';

  constructor(options?: ErrorOptions) {
    super('The group takes no more children: it has ended, or it was cancelled.', options);
  }
}
