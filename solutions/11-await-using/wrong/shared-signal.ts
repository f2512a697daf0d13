// Groups without a parent share one controller: one request that fails stops all the others.
// fails: a failure stops the siblings at once, before join is called
// fails: after an abort spawn throws at once, and never calls the function
// fails: the block's error is not hidden by a clean-up that fails
// fails: cancel gives its reason to the children
// fails: a group that fails leaves another group alone
// fails: an inner group that fails is one failure of the outer group
// fails: a block is left only when every child has finished its clean-up
// fails: a block that gives up waiting for join stops its children
// fails: the promise of a child that failed rejects with its error
// fails: a child that throws undefined has failed
// fails: an AbortError caused by the group's abort is no failure
// fails: the reason of the group's abort itself is no failure
// fails: a child's own AbortError is a failure
// fails: the first failure is the reason of the group's signal
export class TaskGroup implements AsyncDisposable {
  readonly #parent: AbortSignal | undefined;
  static readonly #root = new AbortController();
  readonly #controller: AbortController;
  readonly #children = new Set<Promise<unknown>>();
  readonly #failures: unknown[] = [];
  #ended = false;

  constructor(options: { signal?: AbortSignal } = {}) {
    this.#parent = options.signal;
    this.#controller = this.#parent ? new AbortController() : TaskGroup.#root;
    if (this.#parent?.aborted) this.#followParent();
    else this.#parent?.addEventListener('abort', this.#followParent);
  }

  readonly #followParent = (): void => this.cancel(this.#parent?.reason);

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

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

  async join(): Promise<void> {
    await this.#end();
    if (this.#failures.length > 0) {
      throw new AggregateError(this.#failures, `${this.#failures.length} failed in the group.`);
    }
    this.#parent?.throwIfAborted();
  }

  cancel(reason?: unknown): void {
    this.#controller.abort(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#children.size > 0) this.cancel();
    await this.#end();
  }

  async #end(): Promise<void> {
    while (this.#children.size > 0) await Promise.allSettled(this.#children);
    this.#ended = true;
    this.#parent?.removeEventListener('abort', this.#followParent);
  }

  #fail(error: unknown): void {
    if (this.#isCancellation(error)) return;
    if (!this.#failures.includes(error)) this.#failures.push(error);
    this.cancel(error);
  }

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
