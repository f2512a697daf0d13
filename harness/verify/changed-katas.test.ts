import { rmSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import {
  git,
  kataFiles,
  makeFolder,
  makeRepository,
  write,
} from '../publish/fixtures/made-repository.ts';
import { changedKatas } from './changed-katas.ts';

const files = { ...kataFiles, 'katas/04-more/README.md': '# 04 More\n' };

test('names none where all is as it was committed', () => {
  const root = makeRepository(files);

  expect(changedKatas(root)).toEqual(new Set());
});

test.each([
  ['an answer that was changed', { 'solutions/03-sum/wrong/a.ts': '// wrong otherwise\n' }],
  ['a file that was added', { 'solutions/03-sum/wrong/b.ts': '// wrong too\n' }],
])('names the kata of %s', (_what, changes) => {
  const root = makeRepository(files);

  write(root, { ...changes, 'README.md': '# Other\n' });

  expect(changedKatas(root)).toEqual(new Set(['03-sum']));
});

test('names the kata of a file that was removed', () => {
  const root = makeRepository(files);

  rmSync(path.join(root, 'solutions/03-sum/right/other.ts'));

  expect(changedKatas(root)).toEqual(new Set(['03-sum']));
});

test('counts what was committed since the branch that this one follows', () => {
  const root = makeRepository(files);
  git(root, 'switch', '--quiet', '--create=mine', '--track', 'main');
  write(root, { 'katas/04-more/README.md': '# 04 Much more\n' });
  git(root, 'commit', '--quiet', '--all', '--message=Second');

  expect(changedKatas(root)).toEqual(new Set(['04-more']));
});

test('knows nothing where there is no git checkout', () => {
  expect(changedKatas(makeFolder())).toBeNull();
});

test('knows nothing where nothing was committed', () => {
  const root = makeFolder();
  git(root, 'init', '--quiet');

  expect(changedKatas(root)).toBeNull();
});
