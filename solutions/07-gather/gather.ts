/** Calls every task with a signal, and resolves with what they give, in the order of `tasks`. */
export async function gather(
  tasks: readonly ((signal: AbortSignal) => unknown)[],
  options: { returnExceptions?: boolean; signal?: AbortSignal } = {},
): Promise<unknown[]> {
  const { returnExceptions = false, signal = new AbortController().signal } = options;
  signal.throwIfAborted();
  // Listens before the first task is called: a task may abort the signal itself.
  const aborted = Promise.withResolvers<never>();
  const abort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort);
  // Promise.try makes a rejection out of a throw, so that the next task is called all the same.
  const running = tasks.map((task) => Promise.try(task, signal));
  try {
    // Both Promise.all and Promise.race listen to every promise: a failure that comes later is handled, though nobody sees it.
    const results = returnExceptions ? withExceptions(running) : Promise.all(running);
    return await Promise.race([aborted.promise, results]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** The values, and each error in the place of its task. The status tells them apart: a value may be an error, an error may be anything. */
async function withExceptions(running: readonly Promise<unknown>[]): Promise<unknown[]> {
  const outcomes = await Promise.allSettled(running);
  return outcomes.map((outcome): unknown =>
    outcome.status === 'fulfilled' ? outcome.value : outcome.reason,
  );
}
