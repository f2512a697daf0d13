// Calls every value that comes after an abort a timeout, also where the abort came from outside.
// fails: a work that does not stop is waited for to its end
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
  const stopFromOutside = (): void => stop(outer?.reason);
  const timer = ms > longestDelayMs ? undefined : setTimeout(() => stop(timeout), ms);
  outer?.addEventListener('abort', stopFromOutside);
  try {
    const value = await work(controller.signal);
    if (controller.signal.aborted) throw timeout;
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
