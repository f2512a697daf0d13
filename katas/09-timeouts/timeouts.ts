import { request } from 'undici';

/** The longest delay that a timer of Node takes. With a longer one it fires after 1 ms. */
const longestDelayMs = 2 ** 31 - 1;

/**
 * Settles as `work` does, and gives it `ms` milliseconds at most: then it rejects with a TimeoutError. An abort of
 * `options.signal` stops it as well; then it rejects with the reason of that signal.
 */
export async function withTimeout<T>(
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
  // TODO: the caller hears in time that it took too long. The work hears nothing, and runs on for nobody.
  const { promise: stopped, reject: stop } = Promise.withResolvers<never>();
  const stopFromOutside = (): void => stop(outer?.reason);
  const timer = ms > longestDelayMs ? undefined : setTimeout(() => stop(timeout), ms);
  outer?.addEventListener('abort', stopFromOutside);
  try {
    return await Promise.race([work(controller.signal), stopped]);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', stopFromOutside);
  }
}

/** Fetches `url` and resolves with the body as text. Headers and body together have `ms` milliseconds. */
export function fetchText(url: string, ms: number): Promise<string> {
  return withTimeout(ms, async (signal) => {
    const { body } = await request(url, { signal });
    return body.text();
  });
}
