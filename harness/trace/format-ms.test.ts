import { expect, test } from 'vitest';
import { formatMs } from './format-ms.ts';

test('milliseconds are whole from ten on, and have one digit below', () => {
  expect(formatMs(1000)).toBe('1000');
  expect(formatMs(103.7)).toBe('104');
  expect(formatMs(0.42)).toBe('0.4');
  expect(formatMs(0)).toBe('0');
});
