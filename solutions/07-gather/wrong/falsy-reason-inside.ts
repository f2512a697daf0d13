// Gives the tasks a reason of its own where the reason of the caller is falsy.
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
  const pass = (): void => own.abort(signal.reason || new Error('aborted'));
  signal.addEventListener('abort', pass);
  const running = tasks.map((task) => Promise.try(task, own.signal));
  void Promise.allSettled(running).then(() => signal.removeEventListener('abort', pass));
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
