// With returnExceptions it looks only after a success whether all have ended: when a failure is the last, it waits for ever.
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

function withExceptions(running: readonly Promise<unknown>[]): Promise<unknown[]> {
  return new Promise((resolve) => {
    const results: unknown[] = Array.from({ length: running.length });
    let open = running.length;
    if (open === 0) resolve(results);
    for (const [index, promise] of running.entries()) {
      const place = (result: unknown): void => {
        results[index] = result;
        open -= 1;
      };
      const succeed = (value: unknown): void => {
        place(value);
        if (open === 0) resolve(results);
      };
      promise.then(succeed, place);
    }
  });
}
