import { expect, test } from 'vitest';
import { remember } from './remember.ts';

test('makes a result once, and forgets the oldest of many', () => {
  const made: string[] = [];
  const length = remember((key: string) => {
    made.push(key);
    return key.length;
  });

  expect([length('ab'), length('ab')]).toEqual([2, 2]);
  expect(made).toEqual(['ab']);
  for (let index = 0; index < 200; index += 1) length(`other ${index}`);
  length('ab');

  expect(made.filter((key) => key === 'ab')).toHaveLength(2);
});
