// A race does not wait for the loser. And `finally` makes a second promise of it: nobody handles its late rejection.
// fails: when the time is up, the work is stopped before the TimeoutError comes
// fails: in time, its value or its very error comes out, of a plain function too
// fails: an AbortError that answers another signal is an error like any other
// fails: an error of the clean-up comes out instead of the TimeoutError
// fails: a TimeoutError comes out, however the work answers the abort
// fails: an outer abort comes out with its reason, unless the time was up before
// fails: leaves no timer, however it ends
// fails: leaves no listener on the outer signal, however it ends
// fails: fetchText gives the text, or the error of a connection that broke
// fails: fetchText breaks its request off when the time is up
// fails: the time of fetchText covers the body too
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
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const stop = (reason: unknown): void => {
    controller.abort(reason);
    reject(reason);
  };
  const stopFromOutside = (): void => stop(outer?.reason);
  const timer = ms > longestDelayMs ? undefined : setTimeout(() => stop(timeout), ms);
  outer?.addEventListener('abort', stopFromOutside);
  try {
    const running = Promise.try(work, controller.signal);
    running.finally(() => clearTimeout(timer));
    return await Promise.race([running, stopped]);
  } finally {
    outer?.removeEventListener('abort', stopFromOutside);
  }
}

export function fetchText(url: string, ms: number): Promise<string> {
  return withTimeout(ms, async (signal) => {
    const { body } = await request(url, { signal });
    return body.text();
  });
}
