// Without Promise.all: one promise, settled by whoever comes first, and a place for each result.
export function gather(
  tasks: readonly ((signal: AbortSignal) => unknown)[],
  { returnExceptions = false, signal }: { returnExceptions?: boolean; signal?: AbortSignal } = {},
): Promise<unknown[]> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const results: unknown[] = Array.from({ length: tasks.length });
    let open = tasks.length;
    const abort = (): void => reject(signal?.reason);
    const settle = (): void => {
      if (open > 0) return;
      signal?.removeEventListener('abort', abort);
      resolve(results);
    };
    signal?.addEventListener('abort', abort, { once: true });
    const given = signal ?? new AbortController().signal;

    for (const [index, task] of tasks.entries()) {
      const place = (result: unknown): void => {
        results[index] = result;
        open -= 1;
        settle();
      };
      const fail = (error: unknown): void => {
        if (!returnExceptions) reject(error);
        place(error);
      };
      start(task, given).then(place, fail);
    }
    settle();
  });
}

async function start(task: (signal: AbortSignal) => unknown, signal: AbortSignal) {
  return task(signal);
}
