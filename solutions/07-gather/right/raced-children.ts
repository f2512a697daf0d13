// Races every child against the abort, hands on a signal made by AbortSignal.any, and looks for an abort before it resolves.
type Options = { returnExceptions?: boolean; signal?: AbortSignal };

export const gather = async (
  tasks: readonly ((signal: AbortSignal) => unknown)[],
  { returnExceptions = false, signal: outer }: Options = {},
): Promise<unknown[]> => {
  const signal = AbortSignal.any(outer ? [outer] : []);
  if (signal.aborted) throw signal.reason;
  using abort = abortOf(signal);
  const run = async (task: (signal: AbortSignal) => unknown): Promise<unknown> => {
    try {
      return await Promise.race([abort.promise, (async () => task(signal))()]);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (!returnExceptions) throw error;
      return error;
    }
  };
  // Without this await, `using` would stop listening before the first task has ended.
  return await Promise.all(tasks.map(run));
};

function abortOf(signal: AbortSignal) {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  const tell = (): void => reject(signal.reason);
  signal.addEventListener('abort', tell);
  return { promise, [Symbol.dispose]: () => signal.removeEventListener('abort', tell) };
}
