// Gives what Promise.allSettled gives: objects with a status, not the values and errors themselves.
// fails: with returnExceptions, raw errors stand in the place of their task
// fails: a task that throws at once is one that fails: the others start
// fails: results stand in the order of the tasks, falsy ones too
// fails: all tasks run side by side, and each is called once
export async function gather(
  tasks: readonly ((signal: AbortSignal) => unknown)[],
  options: { returnExceptions?: boolean; signal?: AbortSignal } = {},
): Promise<unknown[]> {
  const { returnExceptions = false, signal = new AbortController().signal } = options;
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort);
  const running = tasks.map((task) => Promise.try(task, signal));
  try {
    const results = returnExceptions ? Promise.allSettled(running) : Promise.all(running);
    return await Promise.race([aborted.promise, results]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
