import path from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, makeKata } from './fixtures/made-kata.ts';
import { nextHint, readHints } from './hints.ts';

const markdown =
  '# Hints\n\n## 1. Look\n\nAt the line.\n\n## 2. Think\n\nTwice.\n\n## 3. Nearly\n\n`x`\n';

test('reads the hints of a kata', () => {
  expect(readHints(makeKata({ 'hints.md': markdown }))).toEqual([
    { level: 1, of: 3, title: 'Look', text: 'At the line.' },
    { level: 2, of: 3, title: 'Think', text: 'Twice.' },
    { level: 3, of: 3, title: 'Nearly', text: '`x`' },
  ]);
});

test('gives one more hint each time, and the last one again after that', () => {
  const kata = makeKata({ 'hints.md': markdown });
  const file = path.join(makeFolder(), 'learner.json');

  const levels = [1, 2, 3, 4].map(() => nextHint(kata, file).level);

  expect(levels).toEqual([1, 2, 3, 3]);
});
