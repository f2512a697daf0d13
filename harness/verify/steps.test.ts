import { expect, test } from 'vitest';
import { kataIds } from '../catalog/kata.ts';
import { fullSteps, steps } from './steps.ts';

test('every step has a name of its own, and a title that fits its column', () => {
  const all = [...steps, ...fullSteps];

  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
  expect(Math.max(...all.map(({ title }) => title.length))).toBeLessThanOrEqual(24);
});

test('the step "files" checks every kata, and the katas together', async () => {
  const step = steps.find(({ name }) => name === 'files')!;

  const { checks } = await step.run({
    katas: kataIds(),
    wholeKatas: new Set(),
    all: false,
    fresh: false,
    onProgress: () => {},
  });

  expect(checks.map(({ name }) => name)).toEqual([
    ...kataIds(),
    'the katas together',
    'the kept starters',
  ]);
});
