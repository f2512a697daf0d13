import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { real, threadCpuNow } from '../trace/real-time.ts';
import { currentTrace, startTrace } from '../trace/trace.ts';
import { inVirtualTime } from './in-virtual-time.ts';
import { installTrampolines } from './trampolines.ts';
import { VirtualClock } from './virtual-clock.ts';
import { armedTimers } from './virtual-timer.ts';

installTrampolines();
// A safety net alone: a busy machine may be slow.
vi.setConfig({ testTimeout: 60_000 });

test('three sleeps take three thousand virtual milliseconds in a row, one thousand together', async () => {
  const sequence = await inVirtualTime(async () => {
    for (let count = 0; count < 3; count += 1) await sleep(1000);
  });
  const together = await inVirtualTime(() => Promise.all([sleep(1000), sleep(1000), sleep(1000)]));

  expect([sequence.virtualMs, together.virtualMs]).toEqual([3000, 1000]);
});

test('telling of some thousand timers holds the loop for moments only', async () => {
  const holds: number[] = [];
  // Noise only ever adds.
  for (let tries = 1; tries <= 3; tries += 1) {
    let longest = 0;
    let before = threadCpuNow();
    const look = (): void => {
      const now = threadCpuNow();
      longest = Math.max(longest, now - before);
      before = now;
    };
    const watching = real.setInterval(look, 1);
    const run = await inVirtualTime(
      () =>
        new Promise<void>((resolve) => {
          let left = 5000;
          const again = (): void => {
            left -= 1;
            if (left === 0) resolve();
            else setTimeout(again, 1);
          };
          again();
        }),
    );
    real.clearInterval(watching);
    look();
    expect(run.timers.length).toBe(4999);
    holds.push(longest);
  }

  expect(Math.min(...holds)).toBeLessThan(40);
});

test("the learner's timers are spans of the trace", async () => {
  startTrace();

  await inVirtualTime(async () => {
    const cleared = setTimeout(() => {}, 500);
    setTimeout(() => {}, 900);
    await sleep(100);
    clearTimeout(cleared);
  });

  expect(currentTrace().virtual).toBe(true);
  expect(currentTrace().spans).toMatchObject([
    { label: 'setTimeout(500)', kind: 'timer', start: 0, end: 100, outcome: 'cancelled' },
    { label: 'setTimeout(900)', start: 0, end: null, outcome: 'open' },
    { label: 'setTimeout(100)', start: 0, end: 100, outcome: 'done' },
  ]);
});

test('what ends when the clock is gone stays open in the timeline, and what begins then is none of it', async () => {
  const trace = startTrace();
  const { value: request } = await inVirtualTime(async () => {
    await sleep(100);
    return trace.begin('GET /a', 'request');
  });

  request.end('failed');
  trace.begin('GET /b', 'request').end();

  expect(trace.spans).toMatchObject([
    { label: 'GET /a', start: 100, end: null, outcome: 'open' },
    { label: 'setTimeout(100)' },
  ]);

  await inVirtualTime(() => trace.begin('GET /c', 'request').end());
  expect(trace.spans).toMatchObject([{ label: 'GET /c', end: 0, outcome: 'done' }]);
});

test('work that rejects leaves its spans, its error and no clock', async () => {
  startTrace();
  const error = new Error('after a while');

  const run = inVirtualTime(async () => {
    await sleep(100);
    throw error;
  });

  await expect(run).rejects.toBe(error);
  expect(currentTrace().spans).toMatchObject([{ start: 0, end: 100, outcome: 'done' }]);
  expect(VirtualClock.active).toBeNull();
});

test('a thousand clocks leave no timer and no listener', async () => {
  const countListeners = () =>
    process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
  const before = [armedTimers.size, countListeners()];
  const resourcesBefore = process.getActiveResourcesInfo().length;

  for (let count = 0; count < 1000; count += 1) {
    await inVirtualTime(() => {
      setTimeout(() => {}, 1000);
    });
  }

  expect([armedTimers.size, countListeners()]).toEqual(before);
  // The test runner's own come and go, a few at a time; a thousand of ours would show.
  expect(process.getActiveResourcesInfo().length - resourcesBefore).toBeLessThan(100);
});
