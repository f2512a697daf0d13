// When the caller aborts and a task has failed before, rejects with that failure, with returnExceptions too.
// fails: the caller's abort reaches every task that runs, also after a failure
// fails: an abort is obeyed at whatever moment it comes
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
    const failures: unknown[] = [];
    for (const promise of running) promise.catch((error: unknown) => failures.push(error));
    return await Promise.race([aborted.promise, results]).catch((error: unknown) => {
      throw returnExceptions && failures.length > 0 ? failures[0] : error;
    });
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
