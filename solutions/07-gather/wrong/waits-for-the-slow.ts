// After an abort it waits until all tasks have ended, also those that do not listen. asyncio does so; gather tells the caller at once.
// fails: the caller's abort rejects at once, with returnExceptions too
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
    const results = returnExceptions ? withExceptions(running) : Promise.all(running);
    return await Promise.race([aborted.promise, results]);
  } catch (error) {
    if (signal.aborted) await Promise.allSettled(running);
    throw error;
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
