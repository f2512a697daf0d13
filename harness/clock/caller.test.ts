import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, test } from 'vitest';
import { Caller } from './caller.ts';
import { inVirtualTime } from './in-virtual-time.ts';
import { installTrampolines } from './trampolines.ts';

installTrampolines();

test('a caller is the line that called', () => {
  const caller = new Caller();

  expect(caller.owner).toBe('learner');
  expect(caller.where).toMatchObject({
    file: expect.stringContaining('caller.test.ts'),
    line: 10,
  });
});

test('Node in between only passes a call on', async () => {
  const storage = new AsyncLocalStorage();

  const { leftBehind } = await inVirtualTime(() => {
    storage.run('store', setTimeout, () => {}, 10);
    void Promise.resolve(new Promise((resolve) => setTimeout(resolve, 20)));
    [30].forEach((delay) => setTimeout(() => {}, delay));
  });

  expect(leftBehind.map(({ delayMs, owner }) => [delayMs, owner])).toEqual([
    [10, 'learner'],
    [20, 'learner'],
    [30, 'learner'],
  ]);
});
