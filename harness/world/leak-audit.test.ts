import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { watch } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Agent, fetch as undiciFetch, request } from 'undici';
import { expect, test } from 'vitest';
import { auditLeaks } from './leak-audit.ts';
import { startSlowApi } from './slow-api.ts';

const here = String.raw`harness/world/leak-audit\.test\.ts:\d+`;
const settleMs = 5;

test('a listener that was left on a signal is told with its line', async () => {
  const { signal } = new AbortController();
  using audit = auditLeaks({ targets: [signal], settleMs });
  signal.addEventListener('abort', () => {});
  const removed = (): void => {};
  signal.addEventListener('abort', removed);
  signal.removeEventListener('abort', removed);

  expect(await audit.check()).toEqual([
    expect.stringMatching(`^A listener for 'abort' added at ${here} is still on the signal\\.$`),
  ]);
});

test('listeners that were left on an emitter at one line are told once', async () => {
  const bus = new EventEmitter();
  bus.on('before', () => {});
  using audit = auditLeaks({ targets: [bus], settleMs });
  for (let index = 0; index < 3; index += 1) bus.on('message', () => {});
  bus.once('gone', () => {});
  bus.emit('gone');

  expect(await audit.check()).toEqual([
    expect.stringMatching(
      `^A listener for 'message' added at ${here} is still on the emitter\\. \\(3 times\\)$`,
    ),
  ]);
});

test('what removes its listeners is clean, and so is what fetch leaves on its signal', async () => {
  await using api = await startSlowApi({ routes: { '/a': {} } });
  const { signal } = new AbortController();
  const bus = new EventEmitter();
  using audit = auditLeaks({ targets: [signal, bus], settleMs });

  await sleep(1, undefined, { signal });
  const waiting = once(bus, 'ready', { signal });
  bus.emit('ready');
  await waiting;
  for (const get of [fetch, undiciFetch]) await (await get(api.url('/a'), { signal })).text();
  await (await request(api.url('/a'), { signal })).body.text();

  expect(await audit.check()).toEqual([]);
});

test('the watched targets are as they were once the audit is disposed of', () => {
  const { signal } = new AbortController();
  const bus = new EventEmitter();
  auditLeaks({ targets: [signal, bus] })[Symbol.dispose]();

  expect(Object.hasOwn(signal, 'addEventListener')).toBe(false);
  expect(bus.eventNames()).toEqual([]);
});

test('a server and the connections that it kept are told while they are open', async () => {
  using audit = auditLeaks({ settleMs });
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect(portOf(server), '127.0.0.1');
  await once(server, 'connection');
  const listening = await audit.check();
  server.close();
  const closing = await audit.check();
  client.destroy();

  expect(listening).toEqual([
    expect.stringMatching(`^A server opened at ${here} is still open\\.$`),
    expect.stringMatching(`^A connection opened at ${here} is still open\\.$`),
  ]);
  expect(closing).toContain('A connection of a server that no longer listens is still open.');
  expect(await audit.check()).toEqual([]);
});

test("a connection that idles in a client's pool is no leak", async () => {
  await using api = await startSlowApi({ routes: { '/a': {} } });
  await using dispatcher = disposable(new Agent());
  using audit = auditLeaks({ settleMs });
  await (await request(api.url('/a'), { dispatcher: dispatcher.agent })).body.text();

  expect(api.connections.open).toBe(1);
  expect(await audit.check()).toEqual([]);
});

test('a worker that goes on is told, one without a reference too', async () => {
  using audit = auditLeaks({ settleMs });
  const worker = new Worker('setInterval(() => {}, 1000)', { eval: true });
  worker.unref();
  const left = await audit.check();
  await worker.terminate();

  expect(left).toEqual([
    expect.stringMatching(`^A worker thread opened at ${here} is still open\\.$`),
  ]);
  expect(await audit.check()).toEqual([]);
});

test('a child process that goes on is told', async () => {
  using audit = auditLeaks({ settleMs });
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  const left = await audit.check();
  child.kill('SIGKILL');
  await once(child, 'exit');

  expect(left).toContainEqual(
    expect.stringMatching(`^A child process opened at ${here} is still open\\.$`),
  );
});

test('other things that Node counts as active are told by their type', async () => {
  using audit = auditLeaks({ settleMs });
  const watcher = watch(import.meta.dirname);
  const left = await audit.check();
  watcher.close();

  expect(left).toEqual(['1 more of type FSEventWrap still active than before.']);
  expect(await audit.check()).toEqual([]);
});

test('what is about to close is waited for', async () => {
  using audit = auditLeaks();
  const worker = new Worker('', { eval: true });
  void worker.terminate();

  expect(await audit.check()).toEqual([]);
});

function disposable(agent: Agent): AsyncDisposable & { agent: Agent } {
  return { agent, [Symbol.asyncDispose]: () => agent.destroy() };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
