import { expect, test } from 'vitest';
import { spanOf } from './fixtures/span-of.ts';
import { timeAxis } from './time-axis.ts';

test('ticks are round and end within the axis', () => {
  expect(timeAxis([spanOf('a', 0, 3000)], 4)).toEqual({ end: 3000, ticks: [0, 1000, 2000, 3000] });
  expect(timeAxis([spanOf('a', 0, 104)], 4)).toEqual({ end: 104, ticks: [0, 50, 100] });
  expect(timeAxis([spanOf('a', 0, 0.7)], 4).ticks).toEqual([0, 0.2, 0.4, 0.6]);
});

test('an open span counts by its start, and an axis is never empty', () => {
  expect(timeAxis([spanOf('a', 0, 10), spanOf('b', 20, null)], 4).end).toBe(20);
  expect(timeAxis([], 4).end).toBe(1);
  expect(timeAxis([spanOf('a', Number.MIN_VALUE, null)], 4)).toEqual({
    end: 1,
    ticks: [0, 0.5, 1],
  });
});

test('reaches to where an open span would end', () => {
  const open = { ...spanOf('a', 0, null), due: 1000 };

  expect(timeAxis([open], 4).end).toBe(1000);
});
