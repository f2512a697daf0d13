import { expect, test } from 'vitest';
import { microtasks } from './microtasks.ts';

test.each([1, 2, 7])('%i microtasks are just as many', async (count) => {
  let passed = 0;
  const pass = (): void => {
    passed += 1;
    if (passed < 20) queueMicrotask(pass);
  };
  queueMicrotask(pass);

  await microtasks(count);

  expect(passed).toBe(count);
});

test('no immediate runs meanwhile', async () => {
  let ran = false;
  setImmediate(() => {
    ran = true;
  });

  await microtasks(1000);

  expect(ran).toBe(false);
});

test('a number of microtasks below zero is refused', () => {
  expect(() => microtasks(-1)).toThrow('Expected a whole number of microtasks, got `-1`.');
});
