// Lists two errors with the same text only once.
// fails: an error that a child passes on to another keeps its first place
export class TaskGroup implements AsyncDisposable {
  readonly #parent: AbortSignal | undefined;
  readonly #controller = new AbortController();
  readonly #children = new Set<Promise<unknown>>();
  readonly #failures: unknown[] = [];
  #ended = false;

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
    if (!this.#failures.some((f) => String(f) === String(error))) this.#failures.push(error);
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
