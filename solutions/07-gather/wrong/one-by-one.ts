// Starts all, then awaits them one by one: a failure behind a slow task is told late, and nobody handles it until then.
// fails: the first failure rejects at once, with its error
// fails: with returnExceptions, raw errors stand in the place of their task
// fails: a task that throws undefined, or anything falsy, has failed
// fails: leaves no rejection unhandled when tasks fail later
// fails: after a failure the others run on, and nobody tells them to stop
// fails: a task that throws at once is one that fails: the others start
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
    return await Promise.race([aborted.promise, awaitEach(running, returnExceptions)]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function awaitEach(
  running: readonly Promise<unknown>[],
  returnExceptions: boolean,
): Promise<unknown[]> {
  const results: unknown[] = [];
  for (const promise of running) {
    try {
      results.push(await promise);
    } catch (error) {
      if (!returnExceptions) throw error;
      results.push(error);
    }
  }
  return results;
}
