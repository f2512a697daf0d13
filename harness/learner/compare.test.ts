import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { compareLines, drawComparison } from './compare.ts';

const mine = ['import a;', '', 'one', 'two', 'three', 'four', 'five', 'six', 'old();', 'end'];
const theirs = mine.map((line) => (line === 'old();' ? 'await all();' : line));
const draw = (columns: number): string =>
  stripVTControlCharacters(drawComparison(mine.join('\n'), theirs.join('\n'), columns));

test('shows what goes and what comes, with a little around it', () => {
  expect(draw(80).split('\n')).toEqual([
    '   …',
    '     four',
    '     five',
    '     six',
    '   - old();',
    '   + await all();',
    '     end',
  ]);
});

test('puts mine and theirs side by side where there is room', () => {
  const lines = draw(120).split('\n');

  expect(lines[4]).toMatch(/^ {3}- old\(\); +│ \+ await all\(\);$/);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
});

test('gives the rows to whoever draws them in another way', () => {
  expect(compareLines('a\n', 'b\n')).toEqual([
    { sign: '-', text: 'a' },
    { sign: '+', text: 'b' },
  ]);
  expect(compareLines('a\n', 'a\n')).toEqual([]);
});

test('says that there is no difference', () => {
  expect(drawComparison('same\n', 'same\n', 80)).toBe('   There is no difference.');
});

test('line ends of Windows are no difference to look at', () => {
  expect(drawComparison('a\r\nb\r\n', 'a\r\nc\r\n', 80)).not.toContain('\r');
});
