import { expect, test } from 'vitest';
import { takeSealer, tagOf } from './seal.ts';

const sealed = { run: 'r', test: 'sends three', verdict: 'pass', changed: null };

test('a tag holds for one secret, run, test and verdict', () => {
  const tag = tagOf('secret', sealed);

  expect(tagOf('secret', { ...sealed })).toBe(tag);
  expect(tagOf('another', sealed)).not.toBe(tag);
  for (const change of [
    { run: 's' },
    { test: 'sends four' },
    { verdict: 'fail' },
    { changed: 'JSON' },
  ]) {
    expect(tagOf('secret', { ...sealed, ...change })).not.toBe(tag);
  }
});

test('the sealer is handed over once', () => {
  // Whoever was first has it: in a kata's process that is the harness.
  takeSealer();

  expect(() => takeSealer()).toThrow(/taken once/);
});
