// Aborts without a reason and remembers who did it. An outer abort wins as long as nothing has settled. Each end comes a turn later.
import { get } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';

export async function withTimeout<T>(
  ms: number,
  work: (signal: AbortSignal) => T | Promise<T>,
  options: { signal?: AbortSignal } = {},
): Promise<T> {
  if (Number.isNaN(ms)) throw new TypeError('Expected `ms` to be a number, got `NaN`.');
  const limit = Math.trunc(ms);
  if (limit <= 0) throw new TimeoutError(ms);
  options.signal?.throwIfAborted();

  const controller = new AbortController();
  const { signal } = controller;
  const stop = (): void => controller.abort();
  options.signal?.addEventListener('abort', stop);
  const timer = setTimeout(stop, Math.min(limit, 2 ** 31 - 1));
  if (limit === Infinity) clearTimeout(timer);
  try {
    await nextTurn();
    const value = await work(signal);
    await nextTurn();
    if (!signal.aborted) return value;
  } catch (error) {
    await nextTurn();
    if (!signal.aborted || !isAnswerTo(signal, error)) throw error;
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', stop);
  }
  options.signal?.throwIfAborted();
  throw new TimeoutError(ms);
}

export function fetchText(url: string, ms: number): Promise<string> {
  return withTimeout(ms, (signal) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    let text = '';
    let complete = false;
    const request = get(url, { signal, agent: false });
    request.on('response', (response) => {
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => (complete = true));
      response.on('error', () => {});
    });
    request.on('error', () => {});
    // The last event of all, however the request ended: the connection is given back.
    request.on('close', () => {
      if (complete) resolve(text);
      else reject(signal.aborted ? signal.reason : new Error(`The connection to ${url} broke.`));
    });
    return promise;
  });
}

class TimeoutError extends Error {
  override readonly name = 'TimeoutError';

  constructor(ms: number) {
    super(`Not done after ${ms} ms.`);
  }
}

function isAnswerTo({ reason }: AbortSignal, error: unknown): boolean {
  if (error === reason) return true;
  return error instanceof Error && error.name === 'AbortError' && error.cause === reason;
}
