// With returnExceptions it works in batches of a hundred: the next batch waits until the last one has ended.
// fails: all tasks run side by side, and each is called once
export async function gather(
  tasks: readonly ((signal: AbortSignal) => unknown)[],
  options: { returnExceptions?: boolean; signal?: AbortSignal } = {},
): Promise<unknown[]> {
  const { returnExceptions = false, signal = new AbortController().signal } = options;
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort);
  const running: Promise<unknown>[] = [];
  for (const task of tasks) {
    const batch = running.slice(0, Math.floor(running.length / 100) * 100);
    const waits = returnExceptions && batch.length > 0;
    const earlier = Promise.allSettled(batch);
    running.push(waits ? earlier.then(() => task(signal)) : Promise.try(task, signal));
  }
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
