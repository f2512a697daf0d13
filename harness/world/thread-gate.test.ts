import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, onTestFinished, test } from 'vitest';
import { ThreadGate } from './thread-gate.ts';
import { until } from './until.ts';

function startThread(gate: ThreadGate): { passed: Promise<unknown> } {
  const file = new URL('fixtures/gate-worker.ts', import.meta.url);
  const worker = new Worker(file, { workerData: gate.shared, execArgv: [] });
  onTestFinished(async () => {
    await worker.terminate();
  });
  return { passed: once(worker, 'message') };
}

test('threads wait until it is opened, and are counted', async () => {
  using gate = new ThreadGate();
  const threads = [startThread(gate), startThread(gate)];

  await until(() => gate.entered === 2, 'two threads at the gate', { limitMs: 10_000 });
  gate.open();

  await Promise.all(threads.map(({ passed }) => passed));
});

test('who comes later passes without waiting', async () => {
  using gate = new ThreadGate();
  gate.open();

  await startThread(gate).passed;

  expect(gate.entered).toBe(1);
});

test('opens when it is disposed of', async () => {
  let passed: Promise<unknown>;
  {
    using gate = new ThreadGate();
    passed = startThread(gate).passed;
    await until(() => gate.entered === 1, 'a thread at the gate', { limitMs: 10_000 });
  }

  await passed;
});
