import { expect, onTestFinished, test } from 'vitest';
import { VirtualClock } from '../clock/virtual-clock.ts';
import { VirtualTimer } from '../clock/virtual-timer.ts';
import { isProcessClean, noteProcessState } from './process-state.ts';

test('a process is clean while nothing is open that was not', async () => {
  noteProcessState();

  expect(await isProcessClean()).toBe(true);
});

test('timers that still run are noticed', async () => {
  noteProcessState();
  // More than Vitest itself may have open by the way.
  const timers = Array.from({ length: 10 }, () => setInterval(() => {}, 60_000));
  onTestFinished(() => timers.forEach(clearInterval));

  expect(await isProcessClean()).toBe(false);
});

test('a timer that a virtual clock has handed back is noticed', async () => {
  noteProcessState();
  const timer = new VirtualTimer('setTimeout', () => {}, 60_000);
  onTestFinished(() => void timer.close());
  VirtualClock.install().uninstall();

  expect(await isProcessClean()).toBe(false);
});

test('a listener of the process that an answer left is noticed', async () => {
  noteProcessState();
  const listener = (): void => {};
  process.on('unhandledRejection', listener);
  onTestFinished(() => void process.off('unhandledRejection', listener));

  expect(await isProcessClean()).toBe(false);
});
