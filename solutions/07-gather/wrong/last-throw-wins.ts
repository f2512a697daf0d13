// Keeps what a task throws at once in a variable, and rejects with it in the end: the last one that throws overwrites the first.
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
  let thrown: { error: unknown } | undefined;
  const running = tasks.map((task): Promise<unknown> => {
    try {
      return Promise.resolve(task(signal));
    } catch (error) {
      thrown = { error };
      return Promise.reject(error);
    }
  });
  try {
    const results = returnExceptions ? withExceptions(running) : Promise.all(running);
    const ended = Promise.race([aborted.promise, results]);
    if (returnExceptions || !thrown || signal.aborted) return await ended;
    ended.catch(() => {});
    throw thrown.error;
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
