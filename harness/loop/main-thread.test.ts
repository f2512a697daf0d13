import os from 'node:os';
import { expect, onTestFinished, test, vi } from 'vitest';
import { glimpseOfMainThread } from './main-thread.ts';

/** What is read where there is no `/proc`. */
const nothing = () => '';

function compute(ms: number): void {
  const used = () => process.threadCpuUsage().user / 1000;
  const end = used() + ms;
  while (used() < end);
}

/** Every processor of this machine will have been idle for `ms` in all, since it was started. */
function idleFor(ms: number): void {
  const times = { user: 0, nice: 0, sys: 0, irq: 0, idle: ms };
  const cpus = vi.spyOn(os, 'cpus').mockReturnValue([{ model: '', speed: 0, times }]);
  onTestFinished(() => cpus.mockRestore());
}

test.runIf(process.platform === 'linux')('tells what the main thread ran', () => {
  const before = glimpseOfMainThread();
  compute(100);

  // The kernel's figure lags by a tick or two.
  expect(glimpseOfMainThread().ran - before.ran).toBeGreaterThan(50);
});

test('takes all that the process ran for the main thread where no single thread is told of', () => {
  idleFor(0);
  const before = glimpseOfMainThread(nothing);
  compute(50);

  expect(glimpseOfMainThread(nothing).ran - before.ran).toBeGreaterThan(49);
});

test('takes the main thread to run or to sleep while a processor is idle', () => {
  idleFor(1000);
  const before = glimpseOfMainThread(nothing);
  idleFor(3000);

  expect(glimpseOfMainThread(nothing).ran - before.ran).toBeGreaterThan(1999);
});

test('takes the main thread to run where nothing at all is told', () => {
  const cpus = vi.spyOn(os, 'cpus').mockReturnValue([]);
  onTestFinished(() => cpus.mockRestore());
  const before = glimpseOfMainThread(nothing);
  const since = performance.now();
  while (performance.now() < since + 20);

  expect(glimpseOfMainThread(nothing).ran - before.ran).toBeGreaterThan(19);
});
