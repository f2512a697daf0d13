export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  for (let count = 0; count < 20_000; count += 1) console.log('x'.repeat(10_000));
  throw new Error('all was logged');
}
