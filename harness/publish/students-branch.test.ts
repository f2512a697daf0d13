import { expect, test } from 'vitest';
import { git, makeRepository, write } from './fixtures/made-repository.ts';
import { Git } from './git.ts';
import { buildStudentsBranch } from './students-branch.ts';

const files = new Map<string, Buffer | string>([
  ['README.md', Buffer.from('# Für Studierende\n')],
  ['katas/03-sum/übung.ts', '// TODO\n'],
]);

test('builds the branch from the files of an edition, the same each time', () => {
  const folder = makeRepository();

  const first = buildStudentsBranch(Git.open(folder), files, { force: false });
  const again = buildStudentsBranch(Git.open(folder), files, { force: false });

  expect(again).toEqual({ ...first, changed: false });
  const names = git(folder, '-c', 'core.quotePath=off', 'ls-tree', '-r', '--name-only', 'students');
  expect(names).toBe('README.md\nkatas/03-sum/übung.ts');
  expect(git(folder, 'show', 'students:README.md')).toBe('# Für Studierende');
  expect(git(folder, 'status', '--porcelain')).toBe('');
});

test('refuses where something is not committed', () => {
  const folder = makeRepository();
  write(folder, { 'notes.txt': '' });

  expect(() => buildStudentsBranch(Git.open(folder), files, { force: false })).toThrow(
    'Expected that all is committed; notes.txt is not. With --out the edition is made of the files as they are.',
  );
});
