import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { compute } from './fixtures/work.ts';
import { countTurns } from './index.ts';

describe('countTurns', () => {
  test('counts a turn for each immediate that the work waits for', async () => {
    const { value, turns } = await countTurns(async () => {
      for (let step = 0; step < 20; step += 1) await turn();
      return 'done';
    });

    expect(value).toBe('done');
    expect(turns).toBe(20);
  });

  test('counts none while only microtasks and ticks run', async () => {
    const { turns } = await countTurns(async () => {
      for (let step = 0; step < 20; step += 1) {
        compute(1);
        await Promise.resolve();
        await new Promise<void>((resolve) => process.nextTick(resolve));
      }
    });

    expect(turns).toBe(0);
  });

  test('hands on what the work throws', async () => {
    await expect(countTurns(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});
