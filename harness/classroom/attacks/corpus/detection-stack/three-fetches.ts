export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  const stack = new Error('where am I').stack ?? '';
  throw new Error(stack);
}
