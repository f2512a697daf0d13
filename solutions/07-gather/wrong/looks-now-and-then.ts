// Looks every 40 ms whether the signal is aborted: the caller who has left is told late.
// fails: the caller's abort rejects, with returnExceptions too
export async function gather(
  tasks: readonly ((signal: AbortSignal) => unknown)[],
  options: { returnExceptions?: boolean; signal?: AbortSignal } = {},
): Promise<unknown[]> {
  const { returnExceptions = false, signal = new AbortController().signal } = options;
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const looking = setInterval(() => {
    if (signal.aborted) aborted.reject(signal.reason);
  }, 40);

  const children = tasks.map((task) => Promise.try(task, signal));
  const ended = Promise.allSettled(children);
  try {
    const results = await Promise.race([
      aborted.promise,
      returnExceptions ? ended : Promise.all(children),
    ]);
    signal.throwIfAborted();
    if (!returnExceptions) return results;
    return (await ended).map((end): unknown =>
      end.status === 'rejected' ? end.reason : end.value,
    );
  } catch (error) {
    // A task may have failed because of the abort.
    signal.throwIfAborted();
    throw error;
  } finally {
    clearInterval(looking);
  }
}
