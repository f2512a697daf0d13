// Promise.all, and an abort in `finally`: the siblings are told, but nobody waits until they have stopped.
// fails: a child that throws undefined has failed
// fails: the reason of the group's abort itself is no failure
// fails: who catches the refusal of a late spawn has not failed
// fails: an AbortError caused by the group's abort is no failure
// fails: an error that a child passes on to another keeps its first place
// fails: settles only when every sibling has finished its clean-up
// fails: a failure stops the body as well
// fails: lists all failures in the order in which they happened
// fails: the body's error stands among the failures, in its turn
// fails: an AbortError of another signal is a failure, during the clean-up too
// fails: an error of the clean-up is a failure, though the abort is its cause
// fails: a child may spawn others while the group is ending
// fails: refuses to spawn after the abort, and never calls the function
// fails: refuses to spawn after the group has ended
// fails: an outer abort cancels the children and rejects with its reason
// fails: an outer abort stops the body, at whatever moment it comes
// fails: rejects after an outer abort, even when everybody ended well
// fails: leaves no listener on the outer signal
// fails: a child that throws at once is a failed child, not a spawn that throws
// fails: failures count for more than an outer abort
export class TaskGroup {
  readonly #controller = new AbortController();
  readonly #children: Promise<unknown>[] = [];

  static async run<T>(
    body: (group: TaskGroup, signal: AbortSignal) => Promise<T>,
    options: { signal?: AbortSignal } = {},
  ): Promise<T> {
    const group = new TaskGroup();
    const { signal } = group.#controller;
    options.signal?.throwIfAborted();
    options.signal?.addEventListener('abort', () =>
      group.#controller.abort(options.signal?.reason),
    );
    try {
      const value = await body(group, signal);
      await Promise.all(group.#children);
      return value;
    } catch (error) {
      throw new AggregateError([error], 'The group has failed.', { cause: error });
    } finally {
      group.#controller.abort();
    }
  }

  spawn<T>(fn: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
    const child = Promise.try(fn, this.#controller.signal);
    child.catch(() => {});
    this.#children.push(child);
    return child;
  }
}
