import { expect, test } from 'vitest';
import { microtasks } from './microtasks.ts';
import { settled, settledAfter } from './settled.ts';

test('a promise that nobody settles is pending', async () => {
  expect(await settled(new Promise(() => {}))).toBe('pending');
});

test('what needs only microtasks is settled', async () => {
  expect(await settled(microtasks(50))).toBe('fulfilled');
});

test('a rejection is told and counts as handled', async () => {
  expect(await settled(Promise.reject(new Error('no')))).toBe('rejected');
});

test('what needs some turns is settled after them', async () => {
  const later = (): Promise<void> =>
    new Promise((resolve) => {
      setImmediate(() => setImmediate(() => setImmediate(resolve)));
    });

  expect(await settled(later())).toBe('pending');
  expect(await settledAfter(4, later())).toBe('fulfilled');
});
