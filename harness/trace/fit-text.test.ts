import { expect, test } from 'vitest';
import { cutText, displayWidth, fitText, plainLine } from './fit-text.ts';

test('wide characters take two columns and combining marks none', () => {
  expect(displayWidth('abc')).toBe(3);
  expect(displayWidth('日本')).toBe(4);
  expect(displayWidth('e\u0301')).toBe(1);
});

test('a text is filled or cut to the columns it is given', () => {
  expect(fitText('ab', 4)).toBe('ab  ');
  expect(fitText('abcdef', 4)).toBe('abc…');
  expect(fitText('日本語', 4)).toBe('日… ');
  expect(cutText('ab', 4)).toBe('ab');
  expect(fitText('ab', 0)).toBe('');
});

test('escape sequences, line breaks and invisible characters are taken out', () => {
  expect(plainLine(' \u001b[31mred\u001b[39m\r\n\tnext\u200b\u0007 ')).toBe('red next');
});
