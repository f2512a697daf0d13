// Cuts the limit down to whole milliseconds first: half of one is none, and the work is never called.
// fails: with 0 or less the time is up at once; NaN is a TypeError
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
  if (Math.trunc(ms) <= 0) throw timeout;

  const controller = new AbortController();
  // The work is told, and only the work. It stops, it tidies up, and when it has ended we end too. A signal is aborted once:
  // the reason that comes first stays.
  const stop = (reason: unknown): void => controller.abort(reason);
  const stopFromOutside = (): void => stop(outer?.reason);
  const timer = ms > longestDelayMs ? undefined : setTimeout(() => stop(timeout), ms);
  outer?.addEventListener('abort', stopFromOutside);
  try {
    const value = await work(controller.signal);
    // Too late is too late: the value may be a stand-in of somebody who swallowed the abort.
    controller.signal.throwIfAborted();
    return value;
  } catch (error) {
    throw isAnswerTo(controller.signal, error) ? controller.signal.reason : error;
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

/** Whether `error` says no more than that `signal` was aborted. A name proves nothing: the work may have aborts of its own. */
function isAnswerTo(signal: AbortSignal, error: unknown): boolean {
  if (!signal.aborted) return false;
  if (error === signal.reason) return true;
  return error instanceof Error && error.name === 'AbortError' && error.cause === signal.reason;
}
