/** Runs children side by side. The group has ended when its body and every child have ended. */
export class TaskGroup {
  readonly #controller = new AbortController();
  readonly #children: Promise<unknown>[] = [];

  /** Calls `body` with a new group, waits for all that runs in it, and resolves with the body's value. */
  static async run<T>(
    body: (group: TaskGroup, signal: AbortSignal) => Promise<T>,
    options: { signal?: AbortSignal } = {},
  ): Promise<T> {
    options.signal?.throwIfAborted();
    const group = new TaskGroup();
    // TODO: this is right as long as nobody fails. When a child fails, its siblings run on, and nobody waits for them.
    const value = await body(group, group.#controller.signal);
    await Promise.all(group.#children);
    return value;
  }

  /** Starts a child of the group. The promise is that of the child's own result. */
  spawn<T>(fn: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
    const child = Promise.try(fn, this.#controller.signal);
    this.#children.push(child);
    return child;
  }
}
