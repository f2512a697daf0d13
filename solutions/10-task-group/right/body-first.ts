// Awaits the body first, as one reads it, and then whoever is still there. The list holds promises that never reject.
export class TaskGroup {
  private readonly controller = new AbortController();
  private readonly tasks = new Set<Promise<void>>();
  private readonly errors: unknown[] = [];
  private open = true;

  static async run<T>(
    body: (group: TaskGroup, signal: AbortSignal) => Promise<T>,
    options: { signal?: AbortSignal } = {},
  ): Promise<T> {
    const outer = options.signal;
    outer?.throwIfAborted();
    const group = new TaskGroup();
    const onAbort = () => group.controller.abort(outer?.reason);
    outer?.addEventListener('abort', onAbort);
    let result: { value: T } | null = null;
    try {
      result = { value: await body(group, group.controller.signal) };
    } catch (error) {
      group.note(error);
    }
    while (group.tasks.size > 0) await Promise.all(group.tasks);
    group.open = false;
    outer?.removeEventListener('abort', onAbort);
    if (result !== null && group.errors.length === 0 && !outer?.aborted) return result.value;
    if (group.errors.length > 0) throw new AggregateError(group.errors);
    throw new DOMException('Aborted from outside.', { name: 'AbortError', cause: outer?.reason });
  }

  spawn<T>(fn: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
    const { signal } = this.controller;
    if (signal.aborted) {
      throw new DOMException('Spawned too late.', { name: 'AbortError', cause: signal.reason });
    }
    if (!this.open) throw new TypeError('This group is over.');
    const result = new Promise<T>((resolve) => {
      resolve(fn(signal));
    });
    const task: Promise<void> = result.then(
      () => {},
      (error: unknown) => this.note(error),
    );
    this.tasks.add(task);
    void task.then(() => this.tasks.delete(task));
    return result;
  }

  private note(error: unknown): void {
    const { signal } = this.controller;
    if (signal.aborted) {
      if (error === signal.reason || this.errors.includes(error)) return;
      if (error instanceof Error) {
        if (error.name === 'AbortError' && error.cause === signal.reason) return;
      }
    }
    this.errors.push(error);
    this.controller.abort(
      new DOMException('A task has failed.', { name: 'AbortError', cause: error }),
    );
  }
}
