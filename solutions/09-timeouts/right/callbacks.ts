// Without `await`: one promise, settled by callbacks, and Node's own HTTP client.
import { get } from 'node:http';
import { text } from 'node:stream/consumers';

export function withTimeout<T>(
  ms: number,
  work: (signal: AbortSignal) => T | Promise<T>,
  options: { signal?: AbortSignal } = {},
): Promise<T> {
  const outer = options.signal;
  const timeout = Object.assign(new Error(`More than ${ms} ms`), { name: 'TimeoutError' });
  if (Number.isNaN(ms)) throw new TypeError('NaN is no time.');
  if (outer?.aborted) return Promise.reject(outer.reason);
  if (ms <= 0) return Promise.reject(timeout);

  return new Promise((resolve, reject) => {
    const controller = new AbortController();
    let stoppedBy: { error: unknown } | null = null;
    const stop = (error: unknown): void => {
      stoppedBy ??= { error };
      controller.abort(error);
    };
    const onAbort = (): void => stop(outer?.reason);
    outer?.addEventListener('abort', onAbort, { once: true });
    const timer = ms < 2 ** 31 ? setTimeout(stop, ms, timeout) : undefined;

    const end = (settle: () => void): void => {
      clearTimeout(timer);
      outer?.removeEventListener('abort', onAbort);
      settle();
    };
    queueMicrotask(() => {
      Promise.try(work, controller.signal).then(
        (value) => end(() => (stoppedBy ? reject(stoppedBy.error) : resolve(value))),
        (error: unknown) =>
          end(() => reject(stoppedBy && isEcho(error, stoppedBy.error) ? stoppedBy.error : error)),
      );
    });
  });
}

function isEcho(error: unknown, reason: unknown): boolean {
  if (error === reason) return true;
  return error instanceof Error && error.name === 'AbortError' && error.cause === reason;
}

export function fetchText(url: string, ms: number): Promise<string> {
  return withTimeout(
    ms,
    (signal) =>
      new Promise((resolve, reject) => {
        get(url, { agent: false, signal }, (response) => {
          text(response).then(resolve, reject);
        }).on('error', reject);
      }),
  );
}
