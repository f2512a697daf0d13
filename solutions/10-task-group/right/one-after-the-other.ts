// Starts each child a microtask later, awaits the children one by one in a list that may still grow, and refuses by a rejection.
export class TaskGroup {
  #list: Promise<void>[] | null = [];
  #errors: unknown[] = [];
  #abort = new AbortController();

  static async run<T>(
    body: (group: TaskGroup, signal: AbortSignal) => Promise<T>,
    { signal: outer }: { signal?: AbortSignal } = {},
  ): Promise<T> {
    if (outer?.aborted) throw outer.reason;
    const group = new TaskGroup();
    const stop = () => group.#abort.abort(new DOMException('Stopped from outside.', 'AbortError'));
    outer?.addEventListener('abort', stop, { once: true });
    try {
      const value = group.spawn((signal) => body(group, signal));
      for (const child of group.#list ?? []) await child;
      if (group.#errors.length > 0) throw new AggregateError(group.#errors, 'The group failed.');
      if (outer?.aborted) throw outer.reason;
      return await value;
    } finally {
      group.#list = null;
      outer?.removeEventListener('abort', stop);
    }
  }

  spawn<T>(fn: (signal: AbortSignal) => T | Promise<T>): Promise<T> {
    const { signal } = this.#abort;
    if (signal.aborted || this.#list === null) return refuse(signal);
    const child = Promise.resolve().then(() => fn(signal));
    this.#list.push(
      child.then(
        () => {},
        (error: unknown) => {
          if (isCausedBy(signal, error) || this.#errors.includes(error)) return;
          this.#errors.push(error);
          this.#abort.abort(new DOMException('Another child has failed.', 'AbortError'));
        },
      ),
    );
    return child;
  }
}

function refuse(signal: AbortSignal): Promise<never> {
  const reason: unknown = signal.aborted ? signal.reason : new Error('The group has ended.');
  const refused = Promise.reject(reason);
  refused.catch(() => {});
  return refused;
}

function isCausedBy(signal: AbortSignal, error: unknown): boolean {
  if (!signal.aborted) return false;
  if (error === signal.reason) return true;
  return error instanceof Error && error.name === 'AbortError' && error.cause === signal.reason;
}
