import { expect, test } from 'vitest';
import { wrapMarkdown } from './wrap-markdown.ts';

test('breaks paragraphs anew and leaves code alone', () => {
  const markdown =
    'one two\nthree four\n\n```ts\nconst a = 1; // long\n```\n\n- a list that is long';

  expect(wrapMarkdown(markdown, 9)).toEqual([
    'one two',
    'three',
    'four',
    '',
    '```ts',
    'const a = 1; // long',
    '```',
    '',
    '- a list that is long',
  ]);
});

test('puts the address of a link below', () => {
  expect(wrapMarkdown('See [`all`](https://example.org/all) there.', 40)).toEqual([
    'See `all` there.',
    '',
    'https://example.org/all',
  ]);
});
