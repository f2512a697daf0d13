import assert from 'node:assert/strict';
import { once } from 'node:events';
import { get } from 'node:http';
import { createServer, connect, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import Fastify, { type FastifyInstance } from 'fastify';
import { Agent, MockAgent, request } from 'undici';
import { expect, onTestFinished, test, vi } from 'vitest';
import { collected } from './fixtures/collected.ts';
import { inVirtualTime } from './in-virtual-time.ts';
import { installTrampolines } from './trampolines.ts';

installTrampolines();
// A safety net alone: a busy machine may be slow.
vi.setConfig({ testTimeout: 60_000 });

async function startSlowServer(): Promise<{ app: FastifyInstance; url: string }> {
  const app = Fastify({ forceCloseConnections: true });
  onTestFinished(() => app.close());
  app.get('/slow', async () => {
    await sleep(1000);
    return { slow: true };
  });
  app.get('/never', () => new Promise(() => {}));
  return { app, url: await app.listen({ port: 0, host: '127.0.0.1' }) };
}

async function expectExactTimes(get: () => Promise<unknown>): Promise<void> {
  const sequence = await inVirtualTime(async () => {
    for (let count = 0; count < 3; count += 1) await get();
  });
  const together = await inVirtualTime(() => Promise.all([get(), get(), get()]));

  expect([sequence.virtualMs, together.virtualMs]).toEqual([3000, 1000]);
  expect([...sequence.leftBehind, ...together.leftBehind]).toEqual([]);
}

test('three slow answers to undici take 3000 ms in a row and 1000 ms together', async () => {
  const { url } = await startSlowServer();
  const dispatcher = new Agent();
  onTestFinished(() => dispatcher.destroy());

  await expectExactTimes(async () => {
    const { body } = await request(`${url}/slow`, { dispatcher });
    return body.json();
  });
});

test('three slow answers to the global fetch take 3000 ms in a row and 1000 ms together', async () => {
  const { url } = await startSlowServer();

  await expectExactTimes(async () => (await fetch(`${url}/slow`)).json());
});

test('three slow answers to inject take 3000 ms in a row and 1000 ms together', async () => {
  const { app } = await startSlowServer();

  await expectExactTimes(() => app.inject('/slow'));
});

test('three slow answers of a MockAgent take 3000 ms in a row and 1000 ms together', async () => {
  const dispatcher = new MockAgent();
  onTestFinished(() => dispatcher.close());
  dispatcher
    .get('http://api.test')
    .intercept({ path: '/' })
    .reply(200, 'slow')
    .delay(1000)
    .persist();

  await expectExactTimes(async () => {
    const { body } = await request('http://api.test/', { dispatcher });
    return body.text();
  });
});

test('AbortSignal.timeout ends a fetch at its exact time', async () => {
  const { url } = await startSlowServer();

  const { value, virtualMs } = await inVirtualTime(() =>
    fetch(`${url}/slow`, { signal: AbortSignal.timeout(300) }).catch((error: unknown) => error),
  );

  expect(value).toMatchObject({ name: 'TimeoutError' });
  expect(virtualMs).toBe(300);
});

test("undici's own timeout works under one clock after another", async () => {
  const { url } = await startSlowServer();
  const wait = async () => {
    const dispatcher = new Agent({ headersTimeout: 2000 });
    const error = await request(`${url}/never`, { dispatcher }).catch((error: unknown) => error);
    await dispatcher.destroy();
    return error;
  };

  for (let round = 0; round < 3; round += 1) {
    const { value, virtualMs } = await inVirtualTime(wait);
    expect(value).toMatchObject({ code: 'UND_ERR_HEADERS_TIMEOUT' });
    expect(virtualMs).toBeGreaterThanOrEqual(2000);
    expect(virtualMs).toBeLessThan(4000);
  }
});

test('a Fastify application boots at 0 ms, whatever its plugins read', async () => {
  const { virtualMs } = await inVirtualTime(async () => {
    const app = Fastify({ pluginTimeout: 50 });
    await app.register(async () => {
      const { readFile } = await import('node:fs/promises');
      await readFile(process.execPath);
    });
    await app.ready();
    await app.close();
  });

  expect(virtualMs).toBe(0);
});

test('a request that is never answered is told with its port', async () => {
  const { url } = await startSlowServer();
  const { port } = new URL(url);
  const dispatcher = new Agent({ headersTimeout: 0, bodyTimeout: 0 });
  onTestFinished(() => dispatcher.destroy());

  const run = inVirtualTime(() => request(`${url}/never`, { dispatcher }));

  await expect(run).rejects.toMatchObject({
    kind: 'deadlock',
    message: expect.stringContaining(`what was sent to port ${port} has not been answered`),
  });
});

test('a socket that is connected in virtual time times out there, counted from its last byte', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    setTimeout(() => socket.write('one'), 200);
    setTimeout(() => socket.write('two'), 400);
  });
  const port = await listen(server);

  const { value, virtualMs, leftBehind } = await inVirtualTime(async () => {
    const socket = connect(port, '127.0.0.1').resume();
    const called = new Promise((resolve) => {
      socket.setTimeout(300, () => resolve('timeout'));
    });
    return called.finally(() => socket.destroy());
  });

  expect([value, virtualMs]).toEqual(['timeout', 700]);
  expect(leftBehind).toEqual([]);
});

test("node:http's timeout ends a request at its exact time", async () => {
  const { url } = await startSlowServer();

  const { virtualMs, leftBehind } = await inVirtualTime(async () => {
    const asked = get(`${url}/never`, { timeout: 300 });
    asked.on('timeout', () => asked.destroy(new Error('too late')));
    await expect(once(asked, 'response')).rejects.toThrow('too late');
  });

  expect(virtualMs).toBe(300);
  expect(leftBehind).toEqual([]);
});

test('the timer of a socket ends with the socket, and with a limit of 0', async () => {
  const port = await listen(createServer((socket) => socket.on('error', () => {})));
  const open = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1').setTimeout(300);
    socket.on('timeout', () => rang.push(socket));
    await once(socket, 'connect');
    return socket;
  };
  const rang: Socket[] = [];

  const { timers } = await inVirtualTime(async () => {
    const [destroyed, unlimited] = [await open(), await open()];
    destroyed.destroy();
    unlimited.setTimeout(0);
    await sleep(1000);
    unlimited.destroy();
  });

  expect(rang).toEqual([]);
  expect(
    timers.filter(({ kind }) => kind === 'socket.setTimeout').map(({ outcome }) => outcome),
  ).toEqual(['cleared', 'cleared']);
});

test('a reader that pauses does not hold the clock', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.write(Buffer.alloc(32 * 1024 * 1024));
  });
  const port = await listen(server);

  const { virtualMs } = await inVirtualTime(async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.pause();
    await sleep(500);
    socket.destroy();
  });

  expect(virtualMs).toBe(500);
});

test('an answer from a server in another thread comes before a timer of five milliseconds', async () => {
  const worker = new Worker(
    `
      const { createServer } = require('node:http');
      const { parentPort } = require('node:worker_threads');
      const server = createServer((request, reply) => setTimeout(() => reply.end('far'), 30));
      server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));
    `,
    { eval: true },
  );
  onTestFinished(async () => void (await worker.terminate()));
  const [port]: unknown[] = await once(worker, 'message');

  const { value } = await inVirtualTime(async () => {
    const answer = fetch(`http://127.0.0.1:${String(port)}`).then((response) => response.text());
    return Promise.race([answer, sleep(5, 'timer')]);
  });

  expect(value).toBe('far');
});

test('a socket that was destroyed is kept by nobody', async () => {
  const port = await listen(createServer((socket) => socket.on('error', () => {})));

  const client = await connectAndDestroy(port);
  await collected(client);

  // A comparison with the socket itself would keep it.
  expect(client.deref() === undefined).toBe(true);
});

async function listen(server: Server): Promise<number> {
  onTestFinished(() => void server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  assert(address !== null && typeof address === 'object');
  return address.port;
}

async function connectAndDestroy(port: number): Promise<WeakRef<Socket>> {
  const client = connect(port, '127.0.0.1');
  await once(client, 'connect');
  client.destroy();
  await once(client, 'close');
  return new WeakRef(client);
}
