import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkDocs } from './check-docs.ts';

/** Checks these files as if they were a checkout; resolves with what is wrong, each with its place. */
async function findings(files: Record<string, string>): Promise<string[]> {
  const root = mkdtempSync(path.join(tmpdir(), 'docs-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const scripts = { test: 'a', verify: 'b', 'test:harness': 'c' };
  for (const [name, text] of Object.entries({
    'package.json': JSON.stringify({ scripts }),
    ...files,
  })) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  }
  const { checks } = await checkDocs(root);
  return checks.flatMap(({ problems }) => problems.map(({ where, found }) => `${where} ${found}`));
}

test('finds nothing in documents whose links lead somewhere', async () => {
  const text = [
    '# Start here',
    '[a](docs/guide.md#part-two) [b](#start-here) [c](docs) [d](package.json#L3)',
    '[e](https://example.org/#nothing) [f](mailto:a@example.org) [g](docs/with%20space.md)',
  ].join('\n');

  expect(
    await findings({
      'README.md': text,
      'docs/guide.md': '## Part two\n[up](../README.md#start-here)',
      'docs/with space.md': '',
    }),
  ).toEqual([]);
});

test('names the line of a link that leads nowhere', async () => {
  const text = '\n[a](gone.md)\n[b](other.md#gone)\n[c](#gone)\n[d](package.json#gone)\n';

  expect(await findings({ 'README.md': text, 'other.md': '' })).toEqual([
    'README.md:2 The link to gone.md leads nowhere.',
    'README.md:3 The link to other.md#gone names a heading that is not there.',
    'README.md:4 The link to #gone names a heading that is not there.',
    'README.md:5 The link to package.json#gone names a heading, but leads to no Markdown file.',
  ]);
});

test('does not look at what is not ours', async () => {
  expect(await findings({ 'node_modules/a/README.md': '[a](gone.md)' })).toEqual([]);
});

test('knows the scripts that a document shows', async () => {
  const shown = [
    '`npm run gone`, `npm test katas/03`, `npm ci`',
    '```sh',
    'KATAS_FROM=solutions npm test katas/03 # npm run comment',
    'npm ci && npm run verify -- --all',
    'npm run test:harness; npm start',
    '```',
    '```ts',
    "const text = 'npm run gone';",
    '```',
  ].join('\n');

  expect(await findings({ 'README.md': shown })).toEqual([
    'README.md:1 It shows `npm run gone`, but package.json has no script "gone".',
    'README.md:5 It shows `npm run test:harness; npm start`, but package.json has no script "start".',
  ]);
});

test(
  'checks the types of the examples that ask for it, and names their line',
  { timeout: 120_000 },
  async () => {
    const text = [
      '# Examples',
      '```ts check',
      "import { Agent } from 'undici';",
      'export const agent: Agent = new Agent();',
      '```',
      '```ts check',
      '',
      "export const count: number = 'one';",
      '```',
      '```ts',
      "const unchecked: number = 'one';",
      '```',
    ].join('\n');

    expect(await findings({ 'README.md': text })).toEqual([
      "README.md:8 error TS2322: Type 'string' is not assignable to type 'number'.",
    ]);
  },
);
