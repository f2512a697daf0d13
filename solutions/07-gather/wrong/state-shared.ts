// Keeps the results in one list for all calls: each call also gets what is left of another.
// fails: results stand in the order of the tasks, falsy ones too
// fails: all tasks run side by side, and each is called once
// fails: with returnExceptions, raw errors stand in the place of their task
const results: unknown[] = [];
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
    const ended = returnExceptions ? withExceptions(running) : Promise.all(running);
    for (const [index, result] of (await Promise.race([aborted.promise, ended])).entries()) {
      results[index] = result;
    }
    return results;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function withExceptions(running: readonly Promise<unknown>[]): Promise<unknown[]> {
  const outcomes = await Promise.allSettled(running);
  return outcomes.map((outcome): unknown =>
    outcome.status === 'fulfilled' ? outcome.value : outcome.reason,
  );
}
