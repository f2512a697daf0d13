import path from 'node:path';
import { expect, test } from 'vitest';
import { git, makeFolder, makeRepository } from './fixtures/made-repository.ts';
import { Git } from './git.ts';
import { readSourceCommit } from './source-commit.ts';

test('says that there is no git', () => {
  expect(() => Git.open(makeFolder(), 'no-such-git')).toThrow(
    'Expected git on this machine, but it cannot be run: spawnSync no-such-git ENOENT.',
  );
});

test('says that a folder is no checkout, in the words of git', () => {
  const folder = makeFolder();

  expect(() => Git.open(folder)).toThrow(
    /^git rev-parse failed in .+: fatal: not a git repository/,
  );
});

test('refuses a folder inside of another checkout', () => {
  const folder = path.join(makeRepository(), 'katas');

  expect(() => Git.open(folder)).toThrow(
    `Expected the root of a git checkout, but ${folder} is a folder inside of one.`,
  );
});

test('says that nothing was committed yet', () => {
  const folder = makeFolder();
  git(folder, 'init', '--quiet');

  expect(() => readSourceCommit(Git.open(folder))).toThrow(
    'Expected a commit to build from; there is none yet.',
  );
});
