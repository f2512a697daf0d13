// Each child is a resource of an AsyncDisposableStack, which waits for all of them when it is disposed of. Each has a signal of its own.
export class TaskGroup {
  #children = new AsyncDisposableStack();
  #abort = new AbortController();
  #failures: unknown[] = [];
  #running = 0;
  #parent: AbortSignal | undefined;
  #stop = () => this.#abort.abort(this.#parent?.reason);
  #ended = false;
  #settling: Promise<void> | undefined;

  constructor(options: { signal?: AbortSignal } = {}) {
    this.#parent = options.signal;
    this.#parent?.addEventListener('abort', this.#stop, { once: true });
    if (this.#parent?.aborted) this.#stop();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  spawn<T>(fn: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
    if (this.#ended || this.signal.aborted) throw new TaskGroupClosedError(this.signal);
    const own = AbortSignal.any([this.signal]);
    this.#running += 1;
    const child = new Promise<T>((resolve) => {
      resolve(fn(own));
    });
    const done = child.then(
      () => {
        this.#running -= 1;
      },
      (error: unknown) => {
        this.#running -= 1;
        this.#fail(error);
      },
    );
    this.#children.defer(() => done);
    return child;
  }

  async join(): Promise<void> {
    await this.#settle();
    if (this.#failures.length > 0) throw new AggregateError(this.#failures);
    this.#parent?.throwIfAborted();
  }

  cancel(reason?: unknown): void {
    this.#abort.abort(reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#running > 0) this.cancel(new Error('The block was left.'));
    await this.#settle();
  }

  // One wait for all who ask: a second one would find an empty stack, and spin.
  #settle(): Promise<void> {
    return (this.#settling ??= this.#settleAll());
  }

  async #settleAll(): Promise<void> {
    while (this.#running > 0) {
      await using _all = this.#children;
      // Those who are spawned from now on go to a stack of their own.
      this.#children = new AsyncDisposableStack();
    }
    this.#ended = true;
    this.#parent?.removeEventListener('abort', this.#stop);
  }

  #fail(error: unknown): void {
    const { aborted, reason } = this.signal;
    if (aborted && (error === reason || isAnswerTo(reason, error))) return;
    if (!this.#failures.includes(error)) this.#failures.push(error);
    this.#abort.abort(error);
  }
}

class TaskGroupClosedError extends Error {
  constructor({ aborted, reason }: AbortSignal) {
    super('The group is closed.', aborted ? { cause: reason } : undefined);
    this.name = 'TaskGroupClosedError';
  }
}

function isAnswerTo(reason: unknown, error: unknown): boolean {
  if (!(error instanceof Error) || error.cause !== reason) return false;
  return /^(AbortError|TaskGroupClosedError)$/.test(error.name);
}
