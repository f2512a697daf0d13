// With returnExceptions, a failure aborts the signal of the others, though their results are still wanted.
// fails: after a failure the others run on, and nobody tells them to stop
// fails: the caller's abort reaches every task that runs, also after a failure
export async function gather(
  tasks: readonly ((signal: AbortSignal) => unknown)[],
  options: { returnExceptions?: boolean; signal?: AbortSignal } = {},
): Promise<unknown[]> {
  const { returnExceptions = false, signal = new AbortController().signal } = options;
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort);
  const own = new AbortController();
  const given = AbortSignal.any([signal, own.signal]);
  const running = tasks.map((task) => Promise.try(task, given));
  if (returnExceptions) Promise.all(running).catch((error: unknown) => own.abort(error));
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
