// Asks `if (error)`: a task that throws undefined, or rejects without a reason, has not failed then.
// fails: a task that throws undefined, or anything falsy, has failed
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
    const results = returnExceptions ? withExceptions(running) : untilFailure(running);
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

function untilFailure(running: readonly Promise<unknown>[]): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const watched = running.map((promise) =>
      promise.catch((error: unknown) => {
        if (error) reject(error);
      }),
    );
    void Promise.all(watched).then(resolve);
  });
}
