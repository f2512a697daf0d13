// Calls the work outside of any promise: when it throws at once, withTimeout throws, and whoever wrote `.catch` is not asked.
// fails: in time, its value or its very error comes out, of a plain function too
// fails: an outer abort comes out with its reason, unless the time was up before
import { request } from 'undici';

const longestDelayMs = 2 ** 31 - 1;

export function withTimeout<T>(
  ms: number,
  work: (signal: AbortSignal) => T | Promise<T>,
  options: { signal?: AbortSignal } = {},
): Promise<T> {
  if (Number.isNaN(ms)) throw new TypeError('Expected `ms` to be a number, got `NaN`.');
  const outer = options.signal;
  outer?.throwIfAborted();
  const timeout = new DOMException(`Not done after ${ms} ms.`, 'TimeoutError');
  if (ms <= 0) throw timeout;

  const controller = new AbortController();
  const { signal } = controller;
  const running = Promise.resolve(work(signal));
  const stopFromOutside = (): void => controller.abort(outer?.reason);
  outer?.addEventListener('abort', stopFromOutside);
  const timer = ms > longestDelayMs ? undefined : setTimeout(() => controller.abort(timeout), ms);
  const tidyUp = (): void => {
    clearTimeout(timer);
    outer?.removeEventListener('abort', stopFromOutside);
  };
  return running.then(
    (value) => {
      tidyUp();
      signal.throwIfAborted();
      return value;
    },
    (error: unknown) => {
      tidyUp();
      throw isAnswerTo(signal, error) ? signal.reason : error;
    },
  );
}

export function fetchText(url: string, ms: number): Promise<string> {
  return withTimeout(ms, async (signal) => {
    const { body } = await request(url, { signal });
    return body.text();
  });
}

function isAnswerTo(signal: AbortSignal, error: unknown): boolean {
  if (!signal.aborted) return false;
  if (error === signal.reason) return true;
  return error instanceof Error && error.name === 'AbortError' && error.cause === signal.reason;
}
