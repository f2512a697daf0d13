// With returnExceptions it rejects when no task went well, as Promise.any does.
// fails: with returnExceptions, raw errors stand in the place of their task
// fails: leaves no listener on the caller's signal when all tasks have ended
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
  if (outcomes.length > 0 && outcomes.every(({ status }) => status === 'rejected')) {
    throw new Error('No task went well.');
  }
  return outcomes.map((outcome): unknown =>
    outcome.status === 'fulfilled' ? outcome.value : outcome.reason,
  );
}
