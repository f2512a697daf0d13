import { expect, test } from 'vitest';
import { parseWrongAnswer } from './wrong-answer.ts';

test('reads the mistake and the tests that reject it', () => {
  const source = [
    '// Resolves with the first answer;',
    '// the others are thrown away.',
    '// fails: keeps the order: first, second',
    '// fails: asks once',
    "import { request } from 'undici';",
    '// fails: not a part of the first comment',
  ].join('\n');

  expect(parseWrongAnswer(source)).toEqual({
    mistake: 'Resolves with the first answer; the others are thrown away.',
    fails: ['keeps the order: first, second', 'asks once'],
  });
});

test.each([
  ['export {};', 'says the mistake in a sentence, got none'],
  ['// fails: asks once\n', 'says the mistake in a sentence, got none'],
  ['// A mistake.\n', 'a line "// fails: <test name>"'],
  ['// A mistake.\n// fails:\n', 'a line "// fails: <test name>"'],
  ['// A mistake.\n// fails: a\n// fails: a\n', 'got "a" twice'],
])('refuses %j', (source, message) => {
  expect(() => parseWrongAnswer(source)).toThrow(message);
});
