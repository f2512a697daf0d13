import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inVirtualTime } from './in-virtual-time.ts';

test('three sleeps in a row take three thousand virtual milliseconds, together one thousand', async () => {
  const sequence = await inVirtualTime(async () => {
    for (let count = 0; count < 3; count += 1) await sleep(1000);
  });
  const together = await inVirtualTime(() => Promise.all([sleep(1000), sleep(1000), sleep(1000)]));
  expect([sequence.virtualMs, together.virtualMs]).toEqual([3000, 1000]);
});
