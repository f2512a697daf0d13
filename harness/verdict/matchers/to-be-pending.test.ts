import { test } from 'vitest';
import { expect } from '../expect.ts';
import { redMessage } from './fixtures/red-record.ts';

test('a promise that waits is pending, and one that settled is not', async () => {
  await expect(new Promise(() => {})).toBePending();
  await expect(Promise.resolve(1)).not.toBePending();
  await expect(Promise.reject(new Error('boom'))).not.toBePending();
});

test('a promise that settles within microtasks is not pending', async () => {
  const steps = (async () => {
    for (let step = 0; step < 50; step += 1) await Promise.resolve();
    return 'done';
  })();

  expect(await redMessage(() => expect(steps).toBePending())).toBe(
    "The promise has already resolved with 'done'; it should still be waiting.",
  );
});

test('a promise that should have settled is told so', async () => {
  expect(await redMessage(() => expect(new Promise(() => {})).not.toBePending())).toBe(
    'The promise is still pending; it should have settled by now.',
  );
});

test('a value is no promise', async () => {
  expect(await redMessage(() => expect(5).toBePending())).toBe(
    '5 came at once instead of a promise.',
  );
});
