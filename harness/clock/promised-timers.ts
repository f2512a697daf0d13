import { real } from '../trace/real-time.ts';
import { rulingClock } from './ruling-clock.ts';
import { VirtualTimer } from './virtual-timer.ts';

interface Options {
  readonly signal?: AbortSignal;
  readonly ref?: boolean;
}

/** `setTimeout` of `node:timers/promises` in the time that rules; rejects as Node's does. */
export function promisedTimeout<T = void>(
  delay?: number,
  value?: T,
  options?: Options,
): Promise<T | undefined> {
  if (!rulingClock() || !isValid(delay, options)) {
    return real.promisedTimeout<T>(delay, value, options);
  }
  return sleep('timers/promises.setTimeout', delay, value, options);
}

/** `scheduler.wait` in the time that rules. */
export function schedulerWait(delay: number, options?: Options): Promise<void> {
  if (!rulingClock() || !isValid(delay, options)) return real.schedulerWait(delay, options);
  return sleep('scheduler.wait', delay, undefined, options);
}

/** `setInterval` of `node:timers/promises` in the time that rules: ticks that nobody awaited are kept, none is lost. */
export async function* promisedInterval<T>(
  delay?: number,
  value?: T,
  options?: Options,
): AsyncGenerator<T | undefined> {
  if (!rulingClock() || !isValid(delay, options)) {
    yield* real.promisedInterval(delay, value, options);
    return;
  }
  const signal = options?.signal;
  if (signal?.aborted) throw abortError(signal);
  let ticks = 0;
  let wake = (): void => {};
  const onAbort = (): void => wake();
  const timer = new VirtualTimer(
    'timers/promises.setInterval',
    () => {
      ticks += 1;
      wake();
    },
    delay,
  );
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    for (;;) {
      if (ticks === 0 && !signal?.aborted) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        await promise;
      }
      for (; ticks > 0; ticks -= 1) yield value;
      if (signal?.aborted) throw abortError(signal);
    }
  } finally {
    timer.close();
    signal?.removeEventListener('abort', onAbort);
  }
}

/** `AbortSignal.timeout` in the time that rules. */
export function abortSignalTimeout(delay: number): AbortSignal {
  const accepted = Number.isInteger(delay) && delay >= 0 && delay < 2 ** 32;
  if (!rulingClock() || !accepted) return real.abortSignalTimeout(delay);
  const controller = new AbortController();
  const abort = (): void =>
    controller.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
  new VirtualTimer('AbortSignal.timeout', abort, delay).unref();
  return controller.signal;
}

function sleep<T>(
  kind: string,
  delay: number | undefined,
  value: T,
  options: Options | undefined,
): Promise<T> {
  const { signal, ref = true } = options ?? {};
  if (signal?.aborted) return Promise.reject(abortError(signal));
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      signal?.removeEventListener('abort', onAbort);
      resolve(value);
    };
    const timer = new VirtualTimer(kind, finish, delay);
    if (!ref) timer.unref();
    const onAbort = (): void => {
      timer.close();
      reject(abortError(signal!));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/** Node's own functions say best what is wrong with an argument: hand them every odd one. */
function isValid(delay: unknown, options: unknown): boolean {
  if (delay !== undefined && typeof delay !== 'number') return false;
  if (options === undefined) return true;
  if (typeof options !== 'object' || options === null) return false;
  const { signal, ref } = options as { signal?: unknown; ref?: unknown };
  if (ref !== undefined && typeof ref !== 'boolean') return false;
  return signal === undefined || signal instanceof AbortSignal;
}

/** The shape of Node's AbortError, which carries the signal's reason as its cause and not as itself. */
function abortError(signal: AbortSignal): Error {
  const error = new Error('The operation was aborted', { cause: signal.reason });
  return Object.assign(error, { name: 'AbortError', code: 'ABORT_ERR' });
}
