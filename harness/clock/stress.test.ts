import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { inVirtualTime } from './in-virtual-time.ts';
import { installTrampolines } from './trampolines.ts';

installTrampolines();
const rounds = 20;

async function startBodyServer(bytes: number): Promise<string> {
  const server = createServer((_request, reply) => {
    setTimeout(() => reply.end(Buffer.alloc(bytes)), 10);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  assert(address !== null && typeof address === 'object');
  return `http://127.0.0.1:${address.port}`;
}

test('a file is read before a timer of one millisecond, every time', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'clock-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const file = path.join(directory, 'large');
  await writeFile(file, Buffer.alloc(20 * 1024 * 1024));

  for (let round = 0; round < rounds; round += 1) {
    const { value } = await inVirtualTime(() =>
      Promise.race([readFile(file).then(() => 'file'), sleep(1, 'timer')]),
    );
    expect(value, `round ${round}`).toBe('file');
  }
}, 120_000);

test('four megabytes that begin at 10 ms are there before 11 ms, every time', async () => {
  const url = await startBodyServer(4 * 1024 * 1024);
  const readBody = async () => (await (await fetch(url)).arrayBuffer()).byteLength;

  for (let round = 0; round < rounds; round += 1) {
    const { value, virtualMs } = await inVirtualTime(() =>
      Promise.race([readBody(), sleep(11, 'timer')]),
    );
    expect([value, virtualMs], `round ${round}`).toEqual([4 * 1024 * 1024, 10]);
  }
}, 120_000);
