export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  throw new Error('the attack took place');
}
