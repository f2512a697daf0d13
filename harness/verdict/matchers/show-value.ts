import { inspect } from 'node:util';
import { errorMessage, errorName } from './read-safely.ts';

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
    // Of an error inside a list or an object, the stack would fill the line and hide what comes after it.
    const short = shown.replace(/\n\s+at .+?(?=(?:,| [{}\]])*$)/gm, '');
    return shorten(short.replace(/\s+/g, ' '), longest);
  } catch {
    return 'a value that cannot be shown';
  }
}

/** `TypeError: x is not a function`, from any error, in one line. */
function showError(error: Error): string {
  const line = errorMessage(error).replace(/\s+/g, ' ').trim();
  return line === '' ? errorName(error) : `${errorName(error)}: ${line}`;
}

/** At most `length` characters of `text`. */
export function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
