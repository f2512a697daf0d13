/** Reads what may be a getter that throws, or a hostile Proxy; `fallback` then. */
export function readSafely<T>(read: () => T, fallback: T): T {
  try {
    return read();
  } catch {
    return fallback;
  }
}

/** The property `key` of `value`, or undefined where it has none or reading it throws. */
export function readProperty(value: unknown, key: string): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null)
    return undefined;
  return readSafely((): unknown => Reflect.get(value, key), undefined);
}

/** The error's name, or `Error` where it has none that can be read. */
export function errorName(error: unknown): string {
  const name = readProperty(error, 'name');
  return typeof name === 'string' && name !== '' ? name.slice(0, 80) : 'Error';
}

/** The error's message, or an empty text where it has none that can be read. */
export function errorMessage(error: unknown): string {
  const message = readProperty(error, 'message');
  return typeof message === 'string' ? message : '';
}
