// As in asyncio: a value that comes after the abort is given out. What the reason has caused is an answer, whatever its name, and so is every
// AbortError after the abort, whoever has sent it.
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
    return await work(controller.signal);
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

function isAnswerTo({ aborted, reason }: AbortSignal, error: unknown): boolean {
  if (!aborted) return false;
  if (error === reason) return true;
  return error instanceof Error && (error.cause === reason || error.name === 'AbortError');
}
