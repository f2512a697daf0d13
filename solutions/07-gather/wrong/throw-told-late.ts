// Puts what a task throws at once aside, and looks at it when all the others have ended.
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
      if (!returnExceptions) thrown ??= { error };
      return returnExceptions ? Promise.reject(error) : Promise.resolve();
    }
  });
  try {
    const results = returnExceptions ? withExceptions(running) : Promise.all(running);
    const ended = await Promise.race([aborted.promise, results]);
    if (thrown) throw thrown.error;
    return ended;
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
