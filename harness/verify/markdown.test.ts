import { expect, test } from 'vitest';
import { readMarkdown } from './markdown.ts';

test('reads code blocks with the line of their first code', () => {
  const text = '# A\n\n```ts check\nconst a = 1;\n\nconst b = 2;\n```\n\n~~~sh\nnpm ci\n~~~\n';

  expect(readMarkdown(text).blocks).toEqual([
    { info: 'ts check', code: 'const a = 1;\n\nconst b = 2;', line: 4 },
    { info: 'sh', code: 'npm ci', line: 10 },
  ]);
});

test('reads a block that shows a fence', () => {
  const text = '````md\n```ts\n```\n````\n[a](b.md)\n';

  const { blocks, links } = readMarkdown(text);

  expect(blocks).toEqual([{ info: 'md', code: '```ts\n```', line: 2 }]);
  expect(links).toEqual([{ target: 'b.md', line: 5 }]);
});

test('reads links, images and definitions, but not those inside of code', () => {
  const text = [
    'See [one](a.md) and ![two](b.svg "A title").',
    '[three]: <c.md>',
    '<a href="d.md"><img src="e.svg"></a>',
    'Not `[four](f.md)`, nor ``a ` [five](g.md)``.',
  ].join('\n');

  expect(readMarkdown(text).links.map(({ target }) => target)).toEqual([
    'a.md',
    'b.svg',
    'c.md',
    'd.md',
    'e.svg',
  ]);
});

test('makes the anchors of headings as GitHub does', () => {
  const text = [
    '# What `await` does, and what not',
    '## Why it works',
    '## Why it works',
    '### [A link](a.md) & more',
    '## snake_case and hy-phen ##',
    '<a id="own"></a>',
    '```\n# no heading\n```',
  ].join('\n');

  expect([...readMarkdown(text).anchors]).toEqual([
    'what-await-does-and-what-not',
    'why-it-works',
    'why-it-works-1',
    'a-link--more',
    'snake_case-and-hy-phen',
    'own',
  ]);
});
