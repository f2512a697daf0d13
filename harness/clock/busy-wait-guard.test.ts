import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { inVirtualTime } from './in-virtual-time.ts';
import { installTrampolines } from './trampolines.ts';

installTrampolines();
// A safety net alone: a busy machine may be slow.
vi.setConfig({ testTimeout: 60_000 });

test.each<[string, () => number]>([
  ['Date.now', () => Date.now()],
  ['new Date', () => new Date().getTime()],
  ['performance.now', () => performance.now()],
  ['process.hrtime', () => process.hrtime()[0] * 1000],
  ['process.hrtime.bigint', () => Number(process.hrtime.bigint()) / 1e6],
])('a loop that waits by reading %s is told with its line', async (_name, read) => {
  const busyWait = () => {
    const end = read() + 2000;
    while (read() < end);
  };

  await expect(inVirtualTime(busyWait)).rejects.toMatchObject({
    kind: 'busy-wait',
    message: expect.stringMatching(
      /^harness\/clock\/busy-wait-guard\.test\.ts:\d+ reads the clock again and again/,
    ),
    location: { file: expect.stringContaining('busy-wait-guard.test.ts') },
  });
});

test('a busy wait that was swallowed fails the run all the same', async () => {
  const swallow = () => {
    try {
      for (;;) Date.now();
    } catch {
      return 'done';
    }
  };

  await expect(inVirtualTime(swallow)).rejects.toMatchObject({ kind: 'busy-wait' });
});

test("a busy wait in a timer's callback is told as what it is", async () => {
  const run = inVirtualTime(
    () =>
      new Promise(() => {
        setTimeout(() => {
          for (;;) Date.now();
        }, 10);
      }),
  );

  await expect(run).rejects.toMatchObject({ kind: 'busy-wait' });
});

test('reading the clock as often is fine when the loop gets its turns', async () => {
  const { value } = await inVirtualTime(async () => {
    let reads = 0;
    for (let slice = 0; slice < 50; slice += 1) {
      for (let count = 0; count < 10_000; count += 1) reads += Date.now() > 0 ? 1 : 0;
      await nextTurn();
    }
    return reads;
  });

  expect(value).toBe(500_000);
});
