import path from 'node:path';
import { expect, test } from 'vitest';
import { readKata, readKatas } from '../catalog/kata.ts';
import { spanOf } from '../trace/fixtures/span-of.ts';
import { projectRoot } from '../trace/source-location.ts';
import { editorLink } from './editor-link.ts';
import { redTest, resultOf, testOf } from './fixtures/made-result.ts';
import { linksOf } from './kata-view.ts';
import { renderMarkdown } from './markdown-view.ts';
import { markup } from './markup.ts';
import { specNames } from './spec-names.ts';
import { chooseTimelines, renderTimeline } from './timeline-view.ts';
import { firstRed, wordsOf } from './verdict-words.ts';

const kata = readKata('03-three-fetches');
const everyLink = { linkTo: (href: string) => href };

test('whatever is put into a template is escaped, unless it is markup itself', () => {
  const inside = markup`<b>${'<i>"\''}</b>`;

  expect(markup`<p>${[inside, 3, null, false]}</p>`.text).toBe(
    '<p><b>&#60;i&#62;&#34;&#39;</b>3</p>',
  );
});

test('HTML in Markdown is shown as text, and a link cannot run a script', () => {
  const { text } = renderMarkdown('<img src=x onerror=1>\n\na <b>c</b> [d](javascript:e)', {
    linkTo: linksOf(kata, kata),
  });

  expect(text).not.toMatch(/<img|<b>|javascript:/);
  expect(text).toContain('&#60;b&#62;');
});

test('the text of every kata becomes HTML, with no link that leads nowhere', () => {
  for (const kata of readKatas()) {
    for (const href of ['hints.md', `../${kata.id}/README.md`, kata.files[0]!]) {
      expect(linksOf(kata, kata)(href)).toMatch(/^(?:#hints|\/katas\/|vscode:)/);
    }
  }
  expect(linksOf(kata, kata)('../../solutions/03-three-fetches/README.md')).toBeNull();
});

test('tables and code can be reached by keyboard, where they are wider than the page', () => {
  const { text } = renderMarkdown('| a |\n| - |\n| b |\n\n```ts\nawait c;\n```', everyLink);

  expect(text).toContain('<div class="scroll" tabindex="0"><table>');
  expect(text).toContain('<pre tabindex="0"><code><span class="hljs-keyword">await</span>');
});

test('a link opens the file in the editor, at its line', () => {
  const file = path.join(projectRoot, 'a b', 'c#d.ts');

  expect(editorLink(file, 4)).toMatch(/^vscode:\/\/file\/.*\/a%20b\/c%23d\.ts:4$/);
});

test('the names of the tests are known before the first verdict', () => {
  for (const { spec } of readKatas()) expect(specNames(spec).length).toBeGreaterThan(2);
  expect(specNames(kata.spec)).toContain('three fetches finish in under 1.2s');
});

test('before and after are of one test, on one scale', () => {
  const before = resultOf([testOf({ name: 'other' }), redTest('One after another.')]);
  const now = resultOf([testOf({ name: 'other' }), testOf()]);

  const pair = chooseTimelines(before, now);
  const { text } = renderTimeline(kata, before, now);

  expect(pair?.name).toBe('three fetches finish in under 1.2s');
  expect(text.match(/<svg /g)).toHaveLength(2);
  expect(text.match(/>3000<\/text>/g)).toHaveLength(2);
  expect(text).toContain('1000 ms, virtual time');
});

test('a stall is told with the line that is to blame', () => {
  const where = {
    file: path.join(kata.directory, 'three-fetches.ts'),
    line: 7,
    column: 1,
    functionName: 'f',
  };
  const stall = spanOf('event loop held', 20, 124, { kind: 'stall', where });
  const now = resultOf([{ ...redTest('Held.', [stall]), virtual: false }]);

  const { text } = renderTimeline(kata, null, now);

  expect(text).toContain('The event loop stood still: 20 – 124 ms, in <a href="vscode://file/');
  expect(text).toContain('>three-fetches.ts:7</a>');
});

test('a verdict in words: what was green, and whose fault it is not', () => {
  expect(wordsOf(resultOf([testOf()])).headline).toBe('All 1 green');
  expect(wordsOf(resultOf([testOf(), redTest('No.')])).headline).toBe('1 of 2 green');
  expect(wordsOf(resultOf([], { verdict: 'inconclusive' })).details).toContain('too busy');
});

test('what stopped the whole file is told where no test is red', () => {
  const problem = {
    kind: 'crash',
    message: 'It died.',
    location: null,
    advice: null,
    diff: null,
  } as const;

  expect(firstRed(resultOf([], { verdict: 'crashed', problem }))?.failure).toBe(problem);
  expect(firstRed(resultOf([testOf()]))).toBeNull();
});
