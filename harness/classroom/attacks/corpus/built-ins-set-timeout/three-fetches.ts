globalThis.setTimeout = ((done: () => void) => done()) as any;

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  return [];
}
