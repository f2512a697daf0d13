// Tells the first failure; the second one is thrown where nobody listens.
// fails: leaves no rejection unhandled when tasks fail later
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
    let failed = false;
    const watched = running.map((promise) =>
      promise.catch((error: unknown) => {
        if (failed) throw error;
        failed = true;
        reject(error);
        return undefined;
      }),
    );
    void Promise.allSettled(running).then(async () => {
      if (!failed) resolve(await Promise.all(watched));
    });
  });
}
