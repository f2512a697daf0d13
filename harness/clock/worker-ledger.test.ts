// oxlint-disable unicorn/require-post-message-target-origin -- that of a window; a worker takes none
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { expect, test, vi } from 'vitest';
import { inVirtualTime } from './in-virtual-time.ts';
import { installTrampolines } from './trampolines.ts';
import { forgiveWorkers } from './worker-ledger.ts';

installTrampolines();
// A safety net alone: a busy machine may be slow.
vi.setConfig({ testTimeout: 60_000 });

const echo = `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', (message) => {
    const end = Date.now() + 20;
    while (Date.now() < end);
    parentPort.postMessage(message);
  });
`;

test("a worker's answer comes before a timer of one millisecond", async () => {
  const worker = new Worker(echo, { eval: true });

  const { value } = await inVirtualTime(async () => {
    const order: string[] = [];
    const answer = once(worker, 'message').then(() => order.push('worker'));
    worker.postMessage('question');
    await Promise.all([answer, sleep(1).then(() => order.push('timer'))]);
    return order;
  });
  await worker.terminate();

  expect(value).toEqual(['worker', 'timer']);
});

test('a new worker is up before a timer of one millisecond', async () => {
  const { value } = await inVirtualTime(async () => {
    const worker = new Worker('', { eval: true });
    const order: string[] = [];
    const up = once(worker, 'online').then(() => order.push('online'));
    await Promise.all([up, sleep(1).then(() => order.push('timer'))]);
    await worker.terminate();
    return order;
  });

  expect(value).toEqual(['online', 'timer']);
});

test('an answer that is owed by a worker which ended holds nothing', async () => {
  const { virtualMs } = await inVirtualTime(async () => {
    const worker = new Worker('process.exit(7)', { eval: true });
    worker.postMessage('question');
    await once(worker, 'exit');
    await sleep(1000);
  });

  expect(virtualMs).toBe(1000);
});

test('an answer that was forgiven holds nothing', async () => {
  const worker = new Worker("require('node:worker_threads').parentPort.on('message', () => {})", {
    eval: true,
  });
  await once(worker, 'online');
  worker.postMessage('a question that nobody answers');

  forgiveWorkers();
  const { value } = await inVirtualTime(() => sleep(1).then(() => 'went on'));

  expect(value).toBe('went on');
  await worker.terminate();
});

test('a worker that sleeps long after a message owes nothing', async () => {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(
    "require('node:worker_threads').parentPort.on('message', ({ port }) => port.on('message', (message) => port.postMessage(message)))",
    { eval: true },
  );
  await once(worker, 'online');

  const { value } = await inVirtualTime(
    async () => {
      const order: string[] = [];
      // Answered by its port alone: the worker itself never says a word.
      worker.postMessage({ port: port2 }, [port2]);
      port1.postMessage('question');
      const answer = once(port1, 'message').then(() => order.push('answer'));
      await Promise.all([answer, sleep(1).then(() => order.push('timer'))]);
      return order;
    },
    { peerMs: 200 },
  );
  await worker.terminate();

  expect(value).toEqual(['answer', 'timer']);
});

test('counting adds no listener to a worker', async () => {
  await inVirtualTime(async () => {
    const worker = new Worker(echo, { eval: true });
    const before = worker.eventNames();
    worker.postMessage('question');
    expect(worker.eventNames()).toEqual(before);
    expect(before).not.toContain('message');
    await worker.terminate();
  });
});

test('counting keeps no process alive that a worker alone would not', async () => {
  const program = `
    import { installTrampolines } from ${JSON.stringify(import.meta.resolve('./trampolines.ts'))};
    import { Worker } from 'node:worker_threads';
    installTrampolines();
    const worker = new Worker(${JSON.stringify(echo)}, { eval: true });
    worker.unref();
    worker.postMessage('question');
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program]);

  expect(await once(child, 'exit')).toEqual([0, null]);
});
