import type * as seedModule from './seed.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { inVirtualTime } from '../clock/index.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

test('a seed that is drawn in virtual time does not hold the clock', async () => {
  // The first of all: Node keeps what it has drawn, and draws no more for a while.
  vi.stubEnv('KATA_SEED', '');
  const { seed } = await freshSeed();

  const run = await inVirtualTime(
    async () => {
      seed();
      await sleep(10);
    },
    { heldMs: 200 },
  );

  expect(run.virtualMs).toBe(10);
});

test('KATA_SEED is the seed, and the hint says how to see it again', async () => {
  vi.stubEnv('KATA_SEED', '42');
  const { replayHint, seed } = await freshSeed();

  expect(seed()).toBe(42);
  expect(replayHint()).toBe('Run again with KATA_SEED=42 to get the same input.');
});

test('without KATA_SEED one is drawn, once for the process', async () => {
  vi.stubEnv('KATA_SEED', '');
  const { seed } = await freshSeed();

  expect(seed()).toBe(seed());
  expect(Number.isInteger(seed())).toBe(true);
});

test.each(['x', '-1', '1.5', String(2 ** 32)])('KATA_SEED=%s is refused', async (text) => {
  vi.stubEnv('KATA_SEED', text);
  const { seed } = await freshSeed();

  expect(seed).toThrow(`got \`${text}\``);
});

/** Another instance of the module: the seed is chosen once in each. */
let instances = 0;
function freshSeed(): Promise<typeof seedModule> {
  instances += 1;
  return import(`./seed.ts?instance=${instances}`);
}
