// When a task has thrown at once, rejects before it listens to those that run: their failures are unhandled.
// fails: leaves no rejection unhandled when tasks fail later
export async function gather(
  tasks: readonly ((signal: AbortSignal) => unknown)[],
  options: { returnExceptions?: boolean; signal?: AbortSignal } = {},
): Promise<unknown[]> {
  const { returnExceptions = false, signal = new AbortController().signal } = options;
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort);
  let thrown: { error: unknown } | undefined;
  const running = tasks.map((task): Promise<unknown> => {
    try {
      return Promise.resolve(task(signal));
    } catch (error) {
      thrown ??= { error };
      const failed = Promise.reject(error);
      failed.catch(() => {});
      return failed;
    }
  });
  try {
    if (thrown && !returnExceptions && !signal.aborted) throw thrown.error;
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
