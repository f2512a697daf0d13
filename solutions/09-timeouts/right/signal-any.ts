// One signal made of two, `using` for the timer, stages for very long limits, and the global fetch.
class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

export async function withTimeout<T>(
  ms: number,
  work: (signal: AbortSignal) => T | Promise<T>,
  options: { signal?: AbortSignal } = {},
): Promise<T> {
  if (Number.isNaN(ms)) throw new TypeError('A time limit is a number.');
  if (options.signal?.aborted) throw options.signal.reason;
  if (ms <= 0) throw new TimeoutError('There was no time.');

  const own = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, own.signal]) : own.signal;
  using _alarm = alarm(ms, () => own.abort());
  const [result] = await Promise.allSettled([Promise.try(work, signal)]);
  if (!signal.aborted) {
    if (result.status === 'rejected') throw result.reason;
    return result.value;
  }
  const answered =
    result.status === 'fulfilled' ||
    result.reason === signal.reason ||
    (result.reason?.name === 'AbortError' && result.reason.cause === signal.reason);
  if (!answered) throw result.reason;
  if (signal.reason !== own.signal.reason) throw signal.reason;
  throw new TimeoutError(`The time was up after ${ms} ms.`);
}

function alarm(ms: number, ring: () => void): Disposable {
  const stage = Math.min(ms, 2 ** 31 - 1);
  let left = ms;
  const next = (): void => {
    left -= stage;
    if (left <= 0) ring();
    else timer = setTimeout(next, Math.min(left, stage));
  };
  let timer = setTimeout(next, stage);
  return { [Symbol.dispose]: () => clearTimeout(timer) };
}

export async function fetchText(url: string, ms: number): Promise<string> {
  return withTimeout(ms, async (signal) => {
    const response = await fetch(url, { signal });
    return response.text();
  });
}
