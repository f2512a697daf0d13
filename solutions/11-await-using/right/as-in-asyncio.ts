// As in asyncio: each child is a task with a signal of its own, it begins a moment later, and an error is listed for each child that fails
// with it.
class TaskGroupClosedError extends Error {
  override readonly name = 'TaskGroupClosedError';
}

class Task<T> {
  readonly promise: Promise<T>;
  readonly #controller = new AbortController();

  constructor(fn: (signal: AbortSignal) => T | Promise<T>) {
    this.promise = this.#start(fn);
  }

  cancel(reason: unknown): void {
    this.#controller.abort(reason);
  }

  async #start(fn: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
    const { signal } = this.#controller;
    await Promise.resolve();
    signal.throwIfAborted();
    return fn(signal);
  }
}

export class TaskGroup {
  readonly #tasks = new Set<Task<unknown>>();
  readonly #errors: unknown[] = [];
  readonly #controller = new AbortController();
  readonly #parent: AbortSignal | undefined;
  #isFinished = false;

  constructor(options: { signal?: AbortSignal } = {}) {
    this.#parent = options.signal;
    if (this.#parent?.aborted) this.#onParentAbort();
    else this.#parent?.addEventListener('abort', this.#onParentAbort);
  }

  readonly #onParentAbort = (): void => this.cancel(this.#parent?.reason);

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  spawn<T>(fn: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
    if (this.#isFinished) throw new TaskGroupClosedError('The group has ended.');
    if (this.signal.aborted) {
      throw new TaskGroupClosedError('The group stops.', { cause: this.signal.reason });
    }
    const task = new Task(fn);
    this.#tasks.add(task);
    task.promise.then(
      () => this.#tasks.delete(task),
      (error: unknown) => {
        this.#tasks.delete(task);
        if (this.#isCancellation(error)) return;
        this.#errors.push(error);
        this.cancel(error);
      },
    );
    return task.promise;
  }

  async join(): Promise<void> {
    await this.#exit();
    if (this.#errors.length > 0) throw new AggregateError(this.#errors);
    this.#parent?.throwIfAborted();
  }

  cancel(reason?: unknown): void {
    if (this.#isFinished || this.signal.aborted) return;
    this.#controller.abort(reason);
    for (const task of this.#tasks) task.cancel(this.signal.reason);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cancel();
    await this.#exit();
  }

  async #exit(): Promise<void> {
    while (this.#tasks.size > 0) {
      await Promise.allSettled([...this.#tasks].map((task) => task.promise));
    }
    this.#isFinished = true;
    this.#parent?.removeEventListener('abort', this.#onParentAbort);
  }

  #isCancellation(error: unknown): boolean {
    const { aborted, reason } = this.signal;
    if (!aborted) return false;
    if (error === reason) return true;
    if (!(error instanceof Error) || error.cause !== reason) return false;
    return error.name === 'AbortError' || error.name === 'TaskGroupClosedError';
  }
}
