import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { Progress } from '../learner/progress.ts';
import { drawProgress } from './progress-board.ts';

const row = (kata: string, rest: Partial<Progress>): Progress => ({
  kata,
  part: 1,
  title: 'A kata',
  standing: 'new',
  green: null,
  tests: null,
  hints: 0,
  ...rest,
});

test('draws the katas by part, each standing by another sign', () => {
  const text = stripVTControlCharacters(
    drawProgress([
      row('01-a', { standing: 'green', green: 4, tests: 4 }),
      row('02-b', { standing: 'red', green: 1, tests: 9, hints: 2 }),
      row('07-c', { part: 2, standing: 'changed', green: 3, tests: 3, hints: 1 }),
      row('08-d', { part: 2 }),
    ]),
  );

  expect(text).toMatch(/^ The loop\n {3}✓ 01 {2}A kata +4\/4 {2}green\n/m);
  expect(text).toMatch(/✗ 02 {2}A kata +1\/9 {2}red {2}2 hints\n/);
  expect(text).toMatch(/^ Many at once\n {3}~ 07 {2}A kata +3\/3 {2}changed since {2}1 hint\n/m);
  expect(text).toMatch(/━{7}─{21} {2}1 of 4 green\n Next {2}npm test katas\/02\n/);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});

test('names no next kata when all are green', () => {
  const text = drawProgress([row('01-a', { standing: 'green', green: 4, tests: 4 })]);

  expect(text).not.toContain('Next');
});
