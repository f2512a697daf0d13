import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { sampleCatalog } from './fixtures/sample-catalog.ts';
import { lintKata } from './lint-catalog.ts';
import { NewKataError, writeNewKata } from './new-kata.ts';

test('what is written is a kata without a fault', () => {
  const folders = sampleCatalog();

  const files = writeNewKata({ number: '29', title: 'Retry storms', part: 5 }, folders);

  expect(lintKata('29-retry-storms', folders)).toEqual([]);
  expect(files).toContain('katas/29-retry-storms/retry-storms.spec.ts');
  for (const file of files) expect(existsSync(path.join(folders.katas, '..', file))).toBe(true);
});

test('a number that is taken is refused, and nothing is written', () => {
  const folders = sampleCatalog();

  expect(() => writeNewKata({ number: '03', title: 'Again', part: 1 }, folders)).toThrow(
    new NewKataError('The number 03 is taken by 03-three-fetches: choose another one.'),
  );
  expect(existsSync(path.join(folders.katas, '03-again'))).toBe(false);
});

test('a title without letters is refused', () => {
  const folders = sampleCatalog();

  expect(() => writeNewKata({ number: '29', title: '!?', part: 1 }, folders)).toThrow(
    'Expected a title with letters in it, got "!?".',
  );
});

test('the starter differs from the solution', () => {
  const folders = sampleCatalog();
  writeNewKata({ number: '29', title: 'Retry storms', part: 5 }, folders);
  const read = (folder: string): string =>
    readFileSync(path.join(folder, '29-retry-storms', 'retry-storms.ts'), 'utf8');

  expect(read(folders.katas)).toContain('TODO');
  expect(read(folders.solutions)).not.toContain('TODO');
});
