import { inspect } from 'node:util';

/** The longest value that a sentence can hold. */
const longest = 120;

/** `value` in one short line, whatever it is: nothing of it is called, and nothing long is printed. */
export function showValue(value: unknown): string {
  try {
    if (typeof value === 'function') return value.name === '' ? 'a function' : `${value.name}()`;
    if (value instanceof Error) return shorten(showError(value), longest);
    const shown = inspect(value, {
      depth: 1,
      maxArrayLength: 6,
      maxStringLength: longest,
      breakLength: Infinity,
      compact: true,
      customInspect: false,
      getters: false,
    });
    return shorten(shown.replace(/\s+/g, ' '), longest);
  } catch {
    return 'a value that cannot be shown';
  }
}

/** Reads what may be a getter that throws, or a hostile Proxy; `fallback` then. */
export function readSafely<T>(read: () => T, fallback: T): T {
  try {
    return read();
  } catch {
    return fallback;
  }
}

/** `TypeError: x is not a function`, from any error, in one line. */
function showError(error: Error): string {
  const name = readSafely(() => String(error.name), 'Error');
  const message = readSafely(() => String(error.message), '');
  const line = message.replace(/\s+/g, ' ').trim();
  return line === '' ? name : `${name}: ${line}`;
}

/** At most `length` characters of `text`. */
export function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
