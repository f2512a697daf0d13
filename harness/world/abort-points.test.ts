import { expect, test } from 'vitest';
import { eachAbortPoint } from './abort-points.ts';
import { microtasks } from './microtasks.ts';

test('the abort comes after 0, 1, 2 … microtasks, each with a reason of its own', async () => {
  const reasons = new Set<unknown>();
  const passed: number[] = [];

  await eachAbortPoint(
    async ({ signal, reason, arm }) => {
      let count = 0;
      signal.addEventListener('abort', () => passed.push(count));
      arm();
      for (count = 1; count < 6; count += 1) await microtasks(1);
      expect(signal.reason).toBe(reason);
      reasons.add(reason);
    },
    { points: 4 },
  );

  expect(passed).toEqual([0, 1, 2, 3]);
  expect(reasons.size).toBe(4);
});

test('there are 21 points by default', async () => {
  const points: number[] = [];

  await eachAbortPoint(({ k, arm }) => {
    arm();
    points.push(k);
  });

  expect(points).toEqual(Array.from({ length: 21 }, (_, k) => k));
});

test('a failure is the error of the check, with its point in the message', async () => {
  const error = new TypeError('a permit was lost');
  const checks = eachAbortPoint(({ k, arm }) => {
    arm();
    if (k === 3) throw error;
  });

  await expect(checks).rejects.toBe(error);
  expect(error.message).toBe('With the abort after 3 microtasks: a permit was lost');
  expect(error.stack).toContain('With the abort after 3 microtasks: a permit was lost');
});

test('a check that never arms its abort is told so', async () => {
  await expect(eachAbortPoint(() => {})).rejects.toThrow('The check never called `arm()`');
});

test('no abort reaches into the next point', async () => {
  const aborted: boolean[] = [];
  let last: AbortSignal | null = null;

  await eachAbortPoint(({ signal, arm }) => {
    if (last) aborted.push(last.aborted);
    last = signal;
    arm();
  });

  expect(aborted).toEqual(Array.from({ length: 20 }, () => true));
});
