import { fork } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { passProcessGate, startProcessGate } from './process-gate.ts';
import type { ProcessGate } from './process-gate.ts';
import { until } from './until.ts';

const patience = { limitMs: 20_000 };

function startProcess(gate: ProcessGate) {
  const file = new URL('fixtures/gate-process.ts', import.meta.url);
  const child = fork(file, [String(gate.port)], { execArgv: [] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, exit: once(child, 'exit') };
}

test('processes wait until it is opened, and say who they are', async () => {
  await using gate = await startProcessGate();
  const { child, exit } = startProcess(gate);

  await until(() => gate.entered === 1, 'a process at the gate', patience);
  expect(child.exitCode).toBeNull();
  gate.open();

  expect(await exit).toEqual([0, null]);
  expect(gate.pids).toEqual([child.pid]);
});

test('a process that is killed at the gate harms nobody', async () => {
  await using gate = await startProcessGate();
  const { child, exit } = startProcess(gate);
  await until(() => gate.entered === 1, 'a process at the gate', patience);

  child.kill('SIGKILL');

  expect(await exit).toEqual([null, 'SIGKILL']);
});

test('who comes later passes without waiting, and is counted', async () => {
  await using gate = await startProcessGate();
  gate.open();

  await passProcessGate(gate.port);

  expect(gate.pids).toEqual([process.pid]);
});

test('lets everybody through when it is disposed of, and later', async () => {
  let passed: Promise<unknown>;
  let port: number;
  {
    await using gate = await startProcessGate();
    port = gate.port;
    passed = passProcessGate(port);
    await until(() => gate.entered === 1, 'somebody at the gate', patience);
  }

  await passed;
  await passProcessGate(port);
});
