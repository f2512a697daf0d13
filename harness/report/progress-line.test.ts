import { expect, test } from 'vitest';
import { showProgress } from './progress-line.ts';

test('takes the place of what was shown before, and fits the line', () => {
  let written = '';
  const output = { isTTY: true, columns: 20, write: (text: string) => (written += text) };

  showProgress(' 3 of 28 katas', output);
  showProgress(` ${'long '.repeat(20)}`, output);
  showProgress('', output);

  expect(written.split('\r\u001B[K')).toEqual(['', ' 3 of 28 katas', ' long long long lo…', '']);
});

test('writes nothing where nobody watches', () => {
  let written = '';

  showProgress(' 3 of 28 katas', { write: (text) => (written += text) });

  expect(written).toBe('');
});
