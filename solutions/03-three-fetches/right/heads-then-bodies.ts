// The global fetch in two rounds: first all heads, then all bodies. A body that breaks is told when all heads are there.
export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  const responses = await Promise.all(urls.map((url) => fetch(url)));
  return Promise.all(responses.map((response) => response.text()));
}
