// Resolves when a counter of open tasks falls to zero. Without a task, it never falls.
// fails: no tasks give an empty list
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
    return await Promise.race([aborted.promise, countDown(running, returnExceptions)]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function countDown(
  running: readonly Promise<unknown>[],
  returnExceptions: boolean,
): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    const results: unknown[] = [];
    let open = running.length;
    for (const [index, promise] of running.entries()) {
      const place = (result: unknown): void => {
        results[index] = result;
        open -= 1;
        if (open === 0) resolve(results);
      };
      promise.then(place, returnExceptions ? place : reject);
    }
  });
}
