import { test } from 'vitest';
import { expect } from '../expect.ts';
import { redMessage } from './fixtures/red-record.ts';

test('the same steps in the same order pass', () => {
  expect(['sync', 'microtask']).toHappenInOrder(['sync', 'microtask']);
});

test('the first difference is told in words', async () => {
  const happened = ['sync', 'microtask', 'nextTick'];

  expect(
    await redMessage(() => expect(happened).toHappenInOrder(['sync', 'nextTick', 'microtask'])),
  ).toBe(
    [
      "The 2nd step was 'microtask'; it should be 'nextTick', which happened as the 3rd.",
      '  expected: sync, nextTick, microtask',
      '  happened: sync, microtask, nextTick',
    ].join('\n'),
  );
});

test('steps that never came and steps too many are told', async () => {
  expect(await redMessage(() => expect([]).toHappenInOrder(['a']))).toContain(
    "'a' should have happened as the 1st step, but nothing happened at all.",
  );
  expect(await redMessage(() => expect(['a', 'c']).toHappenInOrder(['a', 'b']))).toContain(
    "it should be 'b', which did not happen.",
  );
  expect(await redMessage(() => expect(['a', 'b', 'c']).toHappenInOrder(['a', 'b']))).toContain(
    "All 2 expected steps came, and then 'c' happened too.",
  );
});

test('long lists are shown around the difference', async () => {
  const steps = Array.from({ length: 100 }, (_, index) => `step ${index}`);

  const message = await redMessage(() => expect(steps.toSpliced(50, 1)).toHappenInOrder(steps));

  expect(message).toContain("The 51st step was 'step 51'; it should be 'step 50'");
  expect(message).toContain(
    'expected: …, step 47, step 48, step 49, step 50, step 51, step 52, step 53, …',
  );
});
