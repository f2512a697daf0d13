export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  for (;;);
}
