export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  const error = new Error('poison');
  for (const key of ['name', 'message', 'stack', 'cause', 'toString', 'kind', 'constructor', Symbol.toPrimitive, Symbol.toStringTag])
    Object.defineProperty(error, key, { get() { throw error; } });
  throw error;
}
