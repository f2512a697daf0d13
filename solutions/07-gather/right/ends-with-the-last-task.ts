type Tasks = readonly ((signal: AbortSignal) => unknown)[];

interface Options {
  returnExceptions?: boolean;
  signal?: AbortSignal;
}

// As asyncio does it: the tasks begin in the next turn of the loop, and after an abort it ends when the last of them has ended. A signal
// that is aborted already is refused by a throw, and the tasks are told an AbortError.
export function gather(tasks: Tasks, options: Options = {}): Promise<unknown[]> {
  options.signal?.throwIfAborted();
  return gatherInTheNextTurn(tasks, options);
}

async function gatherInTheNextTurn(tasks: Tasks, options: Options): Promise<unknown[]> {
  const outer = options.signal;
  const controller = new AbortController();
  const { signal } = controller;
  const stop = (): void => {
    const error = new Error('gather was aborted', { cause: outer?.reason });
    controller.abort(Object.assign(error, { name: 'AbortError' }));
  };
  outer?.addEventListener('abort', stop);

  const children = tasks.map(async (task) => {
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
    return await task(signal);
  });
  const ended = Promise.allSettled(children);
  void ended.then(() => outer?.removeEventListener('abort', stop));

  let results: unknown[] = [];
  try {
    if (!options.returnExceptions) results = await Promise.all(children);
    else {
      const outcomes = await ended;
      results = outcomes.map((end): unknown =>
        end.status === 'rejected' ? end.reason : end.value,
      );
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    await ended;
  }
  signal.throwIfAborted();
  return results;
}
