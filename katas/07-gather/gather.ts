/** Calls every task with a signal, and resolves with what they give, in the order of `tasks`. */
export async function gather(
  tasks: readonly ((signal: AbortSignal) => unknown)[],
  options: { returnExceptions?: boolean; signal?: AbortSignal } = {},
): Promise<unknown[]> {
  const { returnExceptions = false, signal = new AbortController().signal } = options;
  signal.throwIfAborted();
  // TODO: every task waits for the one before it. So a failure and an abort are told late. Let all tasks run side by side.
  const results: unknown[] = [];
  for (const task of tasks) {
    try {
      results.push(await task(signal));
    } catch (error) {
      if (!returnExceptions) throw error;
      results.push(error);
    }
  }
  signal.throwIfAborted();
  return results;
}
