// Takes the abort for one more error: with returnExceptions it stands in the results, as if the work had been done.
// fails: the caller's abort rejects, with returnExceptions too
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
  const running = tasks.map((task) => Promise.race([aborted.promise, Promise.try(task, signal)]));
  try {
    return await (returnExceptions ? withExceptions(running) : Promise.all(running));
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
