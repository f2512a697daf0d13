import { expect, test } from 'vitest';
import { sequence } from './sequence.ts';

test('steps in their order are taken', () => {
  const order = sequence();
  order.step(1);
  order.step(2);
  order.finish(3);

  expect(order.last).toBe(3);
});

test('a skipped step is told with those that are missing', () => {
  const order = sequence();
  order.step(1);

  expect(() => order.step(4, 'the clean-up')).toThrow(
    'the clean-up (step 4) came when step 2 was due: steps 2 to 3 had not happened yet.',
  );
});

test('a step that comes twice is told', () => {
  const order = sequence();
  order.step(1);

  expect(() => order.step(1)).toThrow('step 1 (step 1) came again or too late');
});

test('a failure that the program swallowed is thrown at the end', () => {
  const order = sequence();
  try {
    order.step(2);
  } catch {}
  order.step(1);

  expect(() => order.finish(2)).toThrow('step 2 (step 2) came when step 1 was due');
});

test('an end that comes before every step happened is a failure', () => {
  expect(() => sequence().finish(3)).toThrow('steps 1 to 2 had not happened yet');
});
