// Stops the request by hand, and takes its listener off when the headers are there: the connection is left open while the body stalls.
// fails: the time of fetchText covers the body too
import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

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
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const asked = get(url, { agent: false }, resolve).on('error', reject);
    const stop = () => {
      asked.destroy();
      reject(signal.reason);
    };
    signal.addEventListener('abort', stop);
    const response = await promise;
    signal.removeEventListener('abort', stop);
    const aborted = new Promise<never>((_, no) => {
      signal.addEventListener('abort', () => no(signal.reason));
    });
    return await Promise.race([text(response), aborted]);
  });
}

function isAnswerTo(signal: AbortSignal, error: unknown): boolean {
  if (!signal.aborted) return false;
  if (error === signal.reason) return true;
  return error instanceof Error && error.name === 'AbortError' && error.cause === signal.reason;
}
