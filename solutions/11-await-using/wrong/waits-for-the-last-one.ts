// Waits for the last child to leave. Without children nobody ever leaves.
// fails: join ends at once when there are no children
export class TaskGroup implements AsyncDisposable {
  readonly #parent: AbortSignal | undefined;
  readonly #controller = new AbortController();
  readonly #children = new Set<Promise<unknown>>();
  readonly #failures: unknown[] = [];
  #ended = false;
  #empty = Promise.withResolvers<void>();

  constructor(options: { signal?: AbortSignal } = {}) {
    this.#parent = options.signal;
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
    if (this.#children.size === 0) this.#empty = Promise.withResolvers<void>();
    this.#children.add(child);
    child.then(
      () => this.#leave(child),
      (error: unknown) => {
        this.#fail(error);
        this.#leave(child);
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
    if (this.#children.size === 0) this.#empty.resolve();
  }

  #leave(child: Promise<unknown>): void {
    this.#children.delete(child);
    if (this.#children.size === 0) this.#empty.resolve();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#children.size > 0) this.cancel();
    else this.#empty.resolve();
    await this.#end();
  }

  async #end(): Promise<void> {
    await this.#empty.promise;
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
