// Tells the siblings by an AbortError whose cause is the failure, refuses without a cause, and is deaf to a cancel after the end.
class TaskGroupClosedError extends Error {
  override readonly name = 'TaskGroupClosedError';
}

export class TaskGroup implements AsyncDisposable {
  static readonly #refusals = new WeakSet<Error>();
  readonly #controller = new AbortController();
  readonly #parent: AbortSignal | undefined;
  readonly #listening = new AbortController();
  readonly #failures = new Set<unknown>();
  #running = 0;
  #waiting: (() => void)[] = [];
  #ended = false;
  #stoppedByParent = false;

  constructor(options: { signal?: AbortSignal } = {}) {
    this.#parent = options.signal;
    if (this.#parent?.aborted) this.#follow();
    this.#parent?.addEventListener('abort', () => this.#follow(), {
      signal: this.#listening.signal,
    });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  spawn<T>(fn: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
    if (this.#ended || this.signal.aborted) {
      const refusal = new TaskGroupClosedError('Too late.');
      TaskGroup.#refusals.add(refusal);
      throw refusal;
    }
    this.#running += 1;
    const child = Promise.try(fn, this.signal);
    child.then(
      () => this.#leave(),
      (error: unknown) => {
        if (!this.#isCancellation(error)) this.#fail(error);
        this.#leave();
      },
    );
    return child;
  }

  async join(): Promise<void> {
    await this.#lastOneOut();
    this.#end();
    if (this.#failures.size > 0) throw new AggregateError(this.#failures, 'The group failed.');
    // Who was cancelled before the parent was aborted has nothing to tell of the parent.
    if (this.#stoppedByParent) throw this.signal.reason;
  }

  cancel(reason?: unknown): void {
    if (!this.#ended) this.#controller.abort(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#running > 0) this.cancel();
    this.#end();
    await this.#lastOneOut();
  }

  #follow(): void {
    this.#stoppedByParent = !this.signal.aborted;
    this.#controller.abort(this.#parent?.reason);
  }

  #end(): void {
    this.#ended = true;
    this.#listening.abort();
  }

  async #lastOneOut(): Promise<void> {
    while (this.#running > 0) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #leave(): void {
    this.#running -= 1;
    if (this.#running > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #fail(error: unknown): void {
    this.#failures.add(error);
    const reason = new DOMException('Another one has failed.', {
      name: 'AbortError',
      cause: error,
    });
    this.#controller.abort(reason);
  }

  #isCancellation(error: unknown): boolean {
    const { aborted, reason } = this.signal;
    if (!aborted) return false;
    if (error === reason) return true;
    if (!(error instanceof Error)) return false;
    return (
      TaskGroup.#refusals.has(error) || (error.name === 'AbortError' && error.cause === reason)
    );
  }
}
