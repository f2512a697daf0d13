// Gives the work 30 s to tidy up, and leaves it behind then.
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
    const late = Promise.withResolvers<never>();
    let grace: NodeJS.Timeout | undefined;
    controller.signal.addEventListener('abort', () => {
      grace = setTimeout(() => late.reject(controller.signal.reason), 30_000);
    });
    const value = await Promise.race([work(controller.signal), late.promise]).finally(() => {
      clearTimeout(grace);
    });
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
