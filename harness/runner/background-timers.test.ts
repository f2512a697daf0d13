import { expect, test } from 'vitest';
import { withBackgroundTimers } from './background-timers.ts';

test('timers that were set meanwhile do not keep the process alive', async () => {
  const { setTimeout } = globalThis;
  const timers: NodeJS.Timeout[] = [];
  const start = (): void => void timers.push(globalThis.setTimeout(() => {}, 60_000));

  await withBackgroundTimers(() => Promise.resolve(start()));
  start();

  expect(timers.map((timer) => timer.hasRef())).toEqual([false, true]);
  expect(globalThis.setTimeout).toBe(setTimeout);
  timers.forEach(clearTimeout);
});

test('the global function is put back also where loading fails', async () => {
  const { setTimeout } = globalThis;

  await expect(withBackgroundTimers(() => Promise.reject(new Error('gone')))).rejects.toThrow(
    'gone',
  );

  expect(globalThis.setTimeout).toBe(setTimeout);
});
