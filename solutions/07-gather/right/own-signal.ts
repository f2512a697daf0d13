// Gives the tasks a signal of its own, and listens to the caller until the last task has ended. Starts each task a microtask later.
export async function gather(
  tasks: readonly ((signal: AbortSignal) => unknown)[],
  options: { returnExceptions?: boolean; signal?: AbortSignal } = {},
): Promise<unknown[]> {
  const outer = options.signal;
  outer?.throwIfAborted();
  const controller = new AbortController();
  const { promise, resolve, reject } = Promise.withResolvers<unknown[]>();
  const stop = () => {
    reject(outer?.reason);
    controller.abort(outer?.reason);
  };
  outer?.addEventListener('abort', stop);

  const children = tasks.map((task) => Promise.resolve().then(() => task(controller.signal)));
  if (!options.returnExceptions) Promise.all(children).then(resolve, reject);
  void Promise.allSettled(children).then((outcomes) => {
    outer?.removeEventListener('abort', stop);
    resolve(outcomes.map((end): unknown => (end.status === 'rejected' ? end.reason : end.value)));
  });
  return promise;
}
