import { expect, test } from 'vitest';
import { counted, ordinal } from './sentences.ts';

test('counts agree with their noun', () => {
  expect([0, 1, 2].map((count) => counted(count, 'timer'))).toEqual([
    '0 timers',
    '1 timer',
    '2 timers',
  ]);
});

test('places have their endings', () => {
  expect([1, 2, 3, 4, 11, 12, 13, 21, 101, 111].map(ordinal)).toEqual([
    '1st',
    '2nd',
    '3rd',
    '4th',
    '11th',
    '12th',
    '13th',
    '21st',
    '101st',
    '111th',
  ]);
});
