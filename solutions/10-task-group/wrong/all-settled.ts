// Waits with allSettled and throws at the end: all failures are told, but the siblings of the first run on for nothing.
// fails: who catches the refusal of a late spawn has not failed
// fails: an AbortError caused by the group's abort is no failure
// fails: the TaskGroup cancels its siblings
// fails: a failure stops the body as well
// fails: settles only when every sibling has finished its clean-up
// fails: lists all failures in the order in which they happened
// fails: the body's error cancels the children
// fails: the body's error stands among the failures, in its turn
// fails: a child's own AbortError is a failure
// fails: a child may spawn others while the group is ending
// fails: refuses to spawn after the abort, and never calls the function
// fails: refuses to spawn after the group has ended
// fails: an outer abort cancels the children and rejects with its reason
// fails: an outer abort stops the body, at whatever moment it comes
// fails: a child that throws at once is a failed child, not a spawn that throws
// fails: a child that throws undefined has failed
export class TaskGroup {
  readonly #controller = new AbortController();
  readonly #children: Promise<unknown>[] = [];

  static async run<T>(
    body: (group: TaskGroup, signal: AbortSignal) => Promise<T>,
    options: { signal?: AbortSignal } = {},
  ): Promise<T> {
    options.signal?.throwIfAborted();
    const group = new TaskGroup();
    const value = group.spawn((signal) => body(group, signal));
    await Promise.allSettled([value]);
    const results = await Promise.allSettled(group.#children);
    const errors = results
      .filter((result) => result.status === 'rejected')
      .map(({ reason }) => reason);
    if (errors.length > 0) throw new AggregateError(new Set(errors));
    options.signal?.throwIfAborted();
    return value;
  }

  spawn<T>(fn: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
    const child = Promise.try(fn, this.#controller.signal);
    child.catch(() => {});
    this.#children.push(child);
    return child;
  }
}
