// Takes every AbortError for the abort of the caller, also one that a task has failed with by itself.
// fails: with returnExceptions, raw errors stand in the place of their task
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
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function withExceptions(running: readonly Promise<unknown>[]): Promise<unknown[]> {
  const outcomes = await Promise.allSettled(running);
  return outcomes.map((outcome): unknown => {
    if (outcome.status === 'fulfilled') return outcome.value;
    if (outcome.reason instanceof Error && outcome.reason.name === 'AbortError')
      throw outcome.reason;
    return outcome.reason;
  });
}
