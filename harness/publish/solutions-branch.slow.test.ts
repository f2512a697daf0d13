import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Kata } from '../catalog/kata.ts';
import { readSolution } from '../learner/solution-text.ts';
import { git, kataFiles, makeFolder, makeRepository, write } from './fixtures/made-repository.ts';
import { Git } from './git.ts';
import { buildSolutionsBranch } from './solutions-branch.ts';

function build(folder: string, options = { force: false }) {
  return buildSolutionsBranch(Git.open(folder), options);
}

const branch = 'refs/heads/solutions';

test('puts the solutions in the place of the starters, and leaves the rest as it is', () => {
  const folder = makeRepository();

  const { katas, changed } = build(folder);

  expect({ katas, changed }).toEqual({ katas: 1, changed: true });
  expect(git(folder, 'show', `${branch}:katas/03-sum/sum.ts`)).toBe('// solved');
  expect(git(folder, 'diff', '--name-status', 'main', branch).split('\n')).toEqual([
    'D\t.github/workflows/verify.yml',
    'M\tkatas/03-sum/sum.ts',
  ]);
});

test('touches neither the work tree nor the index, whatever is in them', () => {
  const folder = makeRepository();
  write(folder, { 'katas/03-sum/sum.ts': '// mine\n', 'notes.txt': '' });
  git(folder, 'rm', '--quiet', '--cached', 'katas/03-sum/given.ts');
  const state = () => [
    readFileSync(path.join(folder, '.git', 'index'), 'base64'),
    readFileSync(path.join(folder, '.git', 'HEAD'), 'utf8'),
    git(folder, 'status', '--porcelain'),
  ];
  const before = state();

  const { uncommitted } = build(folder);

  expect(state()).toEqual(before);
  // The starter that was changed, and the file that was taken out of the index but lies there.
  expect(uncommitted).toBe(2);
  expect(git(folder, 'show', `${branch}:katas/03-sum/sum.ts`)).toBe('// solved');
});

test('makes the same commit of the same input, on another clone and on a detached head too', () => {
  const folder = makeRepository();
  const clone = path.join(makeFolder(), 'a clone');
  git(folder, 'clone', '--quiet', folder, clone);
  git(clone, 'checkout', '--quiet', '--detach');
  git(clone, 'config', 'i18n.commitEncoding', 'latin1');

  const first = build(folder);
  const again = build(folder);
  const other = build(clone);

  expect([again.commit, other.commit]).toEqual([first.commit, first.commit]);
  expect([again.changed, other.changed]).toEqual([false, true]);
  expect(git(folder, 'log', '-1', '--format=%an %ad|%cn %cd', '--date=raw', branch)).toBe(
    'Ada 1700000000 +0100|Ada 1700000000 +0100',
  );
});

test('is where a learner with a clone, and `compare`, find the solution', () => {
  const folder = makeRepository();
  build(folder);
  const clone = path.join(makeFolder(), 'a clone');
  git(folder, 'clone', '--quiet', folder, clone);
  write(clone, { 'katas/03-sum/sum.ts': '// mine\n' });

  const lesson = git(clone, 'diff', '-R', 'origin/solutions', '--', 'katas/03-sum');
  const kata = { id: '03-sum', number: '03', files: ['sum.ts'] as readonly string[] } as Kata;
  const solution = readSolution(kata, path.join(clone, 'no-such-folder'), clone);

  expect(lesson.split('\n').slice(-2)).toEqual(['-// mine', '+// solved']);
  expect(solution.from).toBe('origin/solutions');
  expect([...solution.files]).toEqual([['sum.ts', '// solved\n']]);
});

test('follows its source, and replaces what it built before', () => {
  const folder = makeRepository();
  const first = build(folder);
  write(folder, { 'solutions/03-sum/sum.ts': '// solved better\n' });
  git(folder, 'commit', '--quiet', '--all', '--message=Second');

  const second = build(folder);

  expect(second.changed).toBe(true);
  expect(second.commit).not.toBe(first.commit);
  expect(git(folder, 'show', `${branch}:katas/03-sum/sum.ts`)).toBe('// solved better');
});

test('refuses a branch that somebody else made, unless it is told to replace it', () => {
  const folder = makeRepository();
  git(folder, 'branch', 'solutions');

  expect(() => build(folder)).toThrow(
    'There is a branch solutions that `npm run solutions:branch` did not build: rename it, or replace it with --force.',
  );
  expect(git(folder, 'rev-parse', branch)).toBe(git(folder, 'rev-parse', 'main'));
  expect(build(folder, { force: true }).changed).toBe(true);
});

test('refuses a branch that it built and somebody went on with', () => {
  const folder = makeRepository();
  build(folder);
  const clone = path.join(makeFolder(), 'a clone');
  git(folder, 'clone', '--quiet', '--branch=solutions', folder, clone);
  git(clone, 'commit', '--quiet', '--allow-empty', '--message=Mine');
  git(clone, 'checkout', '--quiet', '-b', 'main', 'origin/main');

  expect(() => build(clone)).toThrow('did not build');
});

test('refuses a branch that is checked out', () => {
  const folder = makeRepository();
  build(folder);
  git(folder, 'checkout', '--quiet', branch.replace('refs/heads/', ''), '--');

  expect(() => build(folder, { force: true })).toThrow(
    /^The branch solutions is checked out in .+; switch to another branch there first\.$/,
  );
});

test('refuses a commit without solutions', () => {
  const { 'README.md': readme } = kataFiles;

  expect(() => build(makeRepository({ 'README.md': readme }))).toThrow(
    /^There is no solution in the commit [0-9a-f]{7}: expected files such as solutions\//,
  );
});
