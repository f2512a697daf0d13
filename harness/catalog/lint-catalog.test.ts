import { expect, test } from 'vitest';
import { sampleCatalog } from './fixtures/sample-catalog.ts';
import { lintKata, lintWholeCatalog } from './lint-catalog.ts';

const id = '03-three-fetches';
const kata = `katas/${id}`;
const solution = `solutions/${id}`;
const manifest = {
  title: 'Three fetches',
  part: 1,
  evidence: ['C'],
  goal: 'Fetch.',
  files: ['three-fetches.ts'],
  modules: ['undici', './given.ts'],
};

function findings(changes: Record<string, string | null>): string[] {
  return lintKata(id, sampleCatalog(changes)).map(({ found }) => found);
}

test('finds nothing in a faultless kata', () => {
  const folders = sampleCatalog();

  expect(lintKata(id, folders)).toEqual([]);
  expect(lintWholeCatalog(folders)).toEqual([]);
});

test.each([
  [{ part: 6 }, /^"part": .*6/],
  [{ goal: 'Fetch' }, /^"goal": Expected a sentence/],
  [{ evidence: [] }, /^"evidence": Expected at least one/],
  [{ files: ['other.ts'] }, /expected three-fetches\.ts, got other\.ts/],
  [{ starter: 'empty' }, /^"starter"/],
  [{ colour: 'red' }, /^"colour"/],
])('refuses a kata.json with %j', (change, message) => {
  const text = JSON.stringify({ ...manifest, ...change });

  expect(findings({ [`${kata}/kata.json`]: text })).toEqual([expect.stringMatching(message)]);
});

test('names a kata.json that is missing or no JSON', () => {
  expect(findings({ [`${kata}/kata.json`]: null })[0]).toMatch(/cannot be read: ENOENT/);
  expect(findings({ [`${kata}/kata.json`]: '{' })[0]).toMatch(/cannot be read: .*JSON/);
});

test.each([
  [`${kata}/hints.md`],
  [`${kata}/given.ts`],
  [`${solution}/README.md`],
  [`${solution}/three-fetches.ts`],
])('misses %s', (file) => {
  const problems = lintKata(id, sampleCatalog({ [file]: null }));

  expect(problems).toEqual([
    expect.objectContaining({
      where: expect.stringContaining(file),
      found: 'The file is missing.',
    }),
  ]);
});

test.each([
  [`${kata}/notes.txt`],
  [`${kata}/deep/er.ts`],
  [`${solution}/notes.md`],
  [`${solution}/right/Other_Name.ts`],
  [`${solution}/wrong/d/helper.ts`],
])('finds that %s is stray', (file) => {
  const problems = lintKata(id, sampleCatalog({ [file]: '' }));

  expect(problems.map(({ where }) => where)).toContainEqual(expect.stringContaining(file));
});

test.each([
  [{ [`${solution}/right/other.ts`]: null }, 'Expected at least 1 right answers, got 0.'],
  [{ [`${solution}/wrong/a.ts`]: null }, 'Expected at least 4 wrong answers, got 3.'],
  [{ [`${kata}/three-fetches.ts`]: '' }, 'Expected one TODO in the starter, got 0.'],
  [{ [`${solution}/three-fetches.ts`]: '// TODO' }, 'Expected no TODO in the solution.'],
  [
    { [`${solution}/right/other.ts`]: "import 'node:fs';" },
    "The import of 'node:fs' is none that an answer may have.",
  ],
  [
    { [`${solution}/right/other.ts`]: "import '../../../katas/03-three-fetches/given.ts';" },
    "The import of '../../../katas/03-three-fetches/given.ts' is none that an answer may have.",
  ],
  [
    { [`${kata}/README.md`]: '# 03 Three fetches\n\n```ts\n```\n' },
    'Expected a section "## Contract".',
  ],
  [
    { [`${kata}/README.md`]: '# Three fetches\n\n## Contract\n' },
    'Expected the first line "# 03 Three fetches".',
  ],
  [
    { [`${kata}/hints.md`]: '## 1. One\n## 2. Two\n' },
    'Expected 3 hints, "## 1. …" to "## 3. …", got 2 sections.',
  ],
  [
    { [`${solution}/README.md`]: 'wrong/a wrong/b wrong/c' },
    'Expected a word on the wrong answer d, with a link to wrong/d.',
  ],
])('checks what the files say: %#', (changes, message) => {
  expect(findings(changes)).toEqual([message]);
});

test('wants a first comment in every wrong answer', () => {
  const problems = lintKata(id, sampleCatalog({ [`${solution}/wrong/a.ts`]: 'export {};\n' }));

  expect(problems).toEqual([
    {
      where: expect.stringContaining('wrong/a.ts'),
      found: expect.stringContaining('Expected a first comment'),
      advice: 'CONTRIBUTING.md shows how a wrong answer names its tests.',
    },
  ]);
});

test('wants the main file in an answer of several files', () => {
  const changes = {
    [`${solution}/wrong/d/three-fetches.ts`]: null,
    [`${solution}/wrong/d/helper.ts`]: '',
  };

  expect(findings(changes)).toContain('Expected the main file three-fetches.ts in the folder d.');
});

test('finds a number or a title that is there twice, and folders that belong to no kata', () => {
  const folders = sampleCatalog({
    'katas/03-gather/kata.json': JSON.stringify(manifest),
    'katas/Drafts/notes.md': '',
    'solutions/99-unknown/README.md': '',
  });

  expect(lintWholeCatalog(folders).map(({ found }) => found)).toEqual([
    'It is no folder of a kata (NN-slug).',
    'It belongs to no kata.',
    'Expected each number once, got "03" 2 times.',
    'Expected each title once, got "Three fetches" 2 times.',
  ]);
});
