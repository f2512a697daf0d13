// Passes the abort on, but not its reason: the caller cannot tell its own abort from another.
// fails: an outer abort comes out with its reason, unless the time was up before
// fails: a work that does not stop is waited for to its end
// fails: Infinity never times out, and a limit of 2 ** 31 or more not at once
import { request } from 'undici';

const longestDelayMs = 2 ** 31 - 1;

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
  const stop = (reason: unknown): void => controller.abort(reason);
  const stopFromOutside = (): void => controller.abort();
  const timer = ms > longestDelayMs ? undefined : setTimeout(() => stop(timeout), ms);
  outer?.addEventListener('abort', stopFromOutside);
  try {
    const value = await work(controller.signal);
    controller.signal.throwIfAborted();
    return value;
  } catch (error) {
    throw isAnswerTo(controller.signal, error) ? controller.signal.reason : error;
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', stopFromOutside);
  }
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
