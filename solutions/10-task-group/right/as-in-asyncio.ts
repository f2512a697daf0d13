// As `asyncio.TaskGroup`: each child is a task with a signal of its own, it begins a moment later, and an error is listed for each child
// that fails with it.
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
  #ended = Promise.withResolvers<void>();
  #isFinished = false;

  static async run<T>(
    body: (group: TaskGroup, signal: AbortSignal) => Promise<T>,
    options: { signal?: AbortSignal } = {},
  ): Promise<T> {
    const outer = options.signal;
    outer?.throwIfAborted();
    const group = new TaskGroup();
    const onAbort = (): void => group.#abort(outer?.reason);
    outer?.addEventListener('abort', onAbort);
    try {
      const [result] = await Promise.allSettled([
        Promise.try(body, group, group.#controller.signal),
      ]);
      await group.#exit(result);
      outer?.throwIfAborted();
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    } finally {
      outer?.removeEventListener('abort', onAbort);
    }
  }

  spawn<T>(fn: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
    const { signal } = this.#controller;
    if (this.#isFinished) throw new Error('The group has ended.');
    if (signal.aborted) {
      throw new DOMException('The group stops.', { name: 'AbortError', cause: signal.reason });
    }
    const task = new Task(fn);
    this.#tasks.add(task);
    task.promise.then(
      () => this.#onDone(task),
      (error: unknown) => {
        this.#fail(error);
        this.#onDone(task);
      },
    );
    return task.promise;
  }

  async #exit(result: PromiseSettledResult<unknown>): Promise<void> {
    if (result.status === 'rejected' && !this.#errors.includes(result.reason)) {
      this.#fail(result.reason);
    }
    while (this.#tasks.size > 0) {
      await this.#ended.promise;
      this.#ended = Promise.withResolvers();
    }
    this.#isFinished = true;
    if (this.#errors.length > 0) throw new AggregateError(this.#errors);
  }

  #onDone(task: Task<unknown>): void {
    this.#tasks.delete(task);
    if (this.#tasks.size === 0) this.#ended.resolve();
  }

  #fail(error: unknown): void {
    if (this.#isCancellation(error)) return;
    this.#errors.push(error);
    this.#abort(new DOMException('A task of the group has failed.', 'AbortError'));
  }

  #abort(reason: unknown): void {
    if (this.#controller.signal.aborted) return;
    this.#controller.abort(reason);
    for (const task of this.#tasks) task.cancel(this.#controller.signal.reason);
  }

  #isCancellation(error: unknown): boolean {
    const { aborted, reason } = this.#controller.signal;
    if (!aborted) return false;
    if (error === reason) return true;
    return error instanceof Error && error.name === 'AbortError' && error.cause === reason;
  }
}
