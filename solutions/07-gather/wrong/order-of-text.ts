// Keeps the results by the number of their task and sorts these numbers as text: 10 comes before 2.
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
  const running = tasks.map((task) => Promise.try(task, signal));
  try {
    const results = returnExceptions ? withExceptions(running) : Promise.all(running);
    const ended = await Promise.race([aborted.promise, results]);
    const byName = [...ended.entries()].toSorted(([one], [other]) =>
      String(one) < String(other) ? -1 : 1,
    );
    return byName.map(([, result]) => result);
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
