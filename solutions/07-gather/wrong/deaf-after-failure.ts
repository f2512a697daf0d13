// Passes the abort on only as long as gather itself waits. After a failure, nobody can stop the others any more.
// fails: the caller's abort reaches every task that runs, also after a failure
export async function gather(
  tasks: readonly ((signal: AbortSignal) => unknown)[],
  options: { returnExceptions?: boolean; signal?: AbortSignal } = {},
): Promise<unknown[]> {
  const { returnExceptions = false, signal = new AbortController().signal } = options;
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const controller = new AbortController();
  const abort = (): void => {
    controller.abort(signal.reason);
    aborted.reject(signal.reason);
  };
  signal.addEventListener('abort', abort);
  const running = tasks.map((task) => Promise.try(task, controller.signal));
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
