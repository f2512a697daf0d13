// Without tasks it returns early, and leaves the listener that it has just added.
// fails: leaves no listener on the caller's signal when all tasks have ended
export async function gather(
  tasks: readonly ((signal: AbortSignal) => unknown)[],
  options: { returnExceptions?: boolean; signal?: AbortSignal } = {},
): Promise<unknown[]> {
  const { returnExceptions = false, signal = new AbortController().signal } = options;
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort);
  if (tasks.length === 0) return [];
  const running = tasks.map((task) => Promise.try(task, signal));
  try {
    const results = returnExceptions ? withExceptions(running) : Promise.all(running);
    return await Promise.race([aborted.promise, results]);
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
