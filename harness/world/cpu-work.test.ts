import { expect, test } from 'vitest';
import { burnCpu, burnCpuInSlices } from './cpu-work.ts';
import { threadCpuNow } from '../trace/real-time.ts';

test('work in one go takes the CPU that was asked for, and no turn of the loop passes', () => {
  let turned = false;
  setImmediate(() => {
    turned = true;
  });
  const before = threadCpuNow();

  const used = burnCpu(20);

  expect(used).toBeGreaterThanOrEqual(20);
  expect(threadCpuNow() - before).toBeGreaterThanOrEqual(used);
  expect(turned).toBe(false);
});

test('work in slices lets the loop turn between them', async () => {
  let turned = 0;
  let working = true;
  const count = (): void => {
    turned += 1;
    if (working) setImmediate(count);
  };
  setImmediate(count);

  const used = await burnCpuInSlices(30, { sliceMs: 1 });
  working = false;

  expect(used).toBeGreaterThanOrEqual(30);
  expect(turned).toBeGreaterThanOrEqual(2);
});

test('an abort ends it after the slice at hand', async () => {
  const controller = new AbortController();
  const work = burnCpuInSlices(60_000, { sliceMs: 1, signal: controller.signal });

  controller.abort('enough');

  await expect(work).rejects.toBe('enough');
});

test.each([-1, NaN, Infinity])('%d ms of work are refused', (cpuMs) => {
  expect(() => burnCpu(cpuMs)).toThrow('Expected `cpuMs` to be zero or more');
});
