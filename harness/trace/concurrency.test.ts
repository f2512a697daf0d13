import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { peakConcurrency } from './concurrency.ts';

test('no span has a peak of none', () => {
  expect(peakConcurrency([])).toBe(0);
});

test('a span that ends when another starts does not overlap it', () => {
  const oneAfterAnother = [
    { start: 0, end: 1000 },
    { start: 1000, end: 2000 },
  ];

  expect(peakConcurrency(oneAfterAnother)).toBe(1);
});

test('an open span overlaps whatever starts later', () => {
  const spans = [
    { start: 0, end: null },
    { start: 5, end: 6 },
    { start: 7, end: null },
  ];

  expect(peakConcurrency(spans)).toBe(2);
});

test('spans without a length overlap nothing', () => {
  expect(
    peakConcurrency([
      { start: 3, end: 3 },
      { start: 3, end: 3 },
    ]),
  ).toBe(1);
  expect(
    peakConcurrency([
      { start: 0, end: 9 },
      { start: 3, end: 3 },
    ]),
  ).toBe(1);
});

test('the peak is that of counting at every moment, in any order of spans', () => {
  const span = fc.record({ start: fc.nat(20), length: fc.integer({ min: 1, max: 10 }) });

  fc.assert(
    fc.property(fc.array(span, { minLength: 1, maxLength: 15 }), (lengths) => {
      const spans = lengths.map(({ start, length }) => ({ start, end: start + length }));
      const counts = Array.from(
        { length: 31 },
        (_, moment) => spans.filter(({ start, end }) => start <= moment && moment < end).length,
      );
      expect(peakConcurrency(spans)).toBe(Math.max(...counts));
    }),
    // The same cases every time: a red test must not depend on luck.
    { seed: 1, numRuns: 300 },
  );
});
