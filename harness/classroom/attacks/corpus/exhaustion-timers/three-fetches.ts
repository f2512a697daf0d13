export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  for (;;) await new Promise((done) => setTimeout(done, 1));
}
