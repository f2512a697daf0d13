import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, write } from './fixtures/made-repository.ts';
import { PublishError } from './publish-error.ts';
import { writeEdition } from './write-edition.ts';

const files = new Map([
  ['README.md', '# Katas\n'],
  ['katas/03-sum/sum.ts', '// TODO\n'],
]);
const root = path.join(import.meta.dirname, '..', '..');

test.each(['not there', 'empty'])('writes into a folder that is %s', async (state) => {
  const out = path.join(makeFolder(), 'for', 'students');
  if (state === 'empty') mkdirSync(out, { recursive: true });

  await writeEdition(files, { root, out });

  expect(readdirSync(out).toSorted()).toEqual(['README.md', 'katas']);
  expect(readdirSync(path.dirname(out))).toEqual(['students']);
});

test('refuses a folder with something in it, and changes nothing', async () => {
  const out = makeFolder();
  write(out, { 'thesis.md': 'mine', 'notes.md': '' });

  await expect(writeEdition(files, { root, out })).rejects.toThrow(
    `Expected a folder that is empty or not there; ${out} holds notes.md and 1 more.`,
  );
  expect(readFileSync(path.join(out, 'thesis.md'), 'utf8')).toBe('mine');
});

test.each([
  ['a file', (folder: string) => path.join(folder, 'file'), /^Expected a folder that .+ENOTDIR/],
  ['a path through a file', (folder: string) => path.join(folder, 'file', 'out'), /ENOTDIR/],
  ['the checkout', () => root, /^Expected a folder outside of this checkout, got /],
  ['a folder in the checkout', () => path.join(root, '..out'), /^Expected a folder outside of /],
])('refuses %s in one sentence', async (_, outIn, message) => {
  const folder = makeFolder();
  writeFileSync(path.join(folder, 'file'), '');

  const written = writeEdition(files, { root, out: outIn(folder) });

  await expect(written).rejects.toThrow(PublishError);
  await expect(written).rejects.toThrow(message);
  expect(readdirSync(folder)).toEqual(['file']);
});

test.runIf(process.platform === 'linux')('ends where the system takes no new folder', async () => {
  await expect(writeEdition(files, { root, out: '/proc/no/students' })).rejects.toThrow(
    /^The edition cannot be written to \/proc\/no\/students: ENOENT/,
  );
});

test('leaves nothing where the proof fails', async () => {
  const folder = makeFolder();
  const prove = (): Promise<void> => Promise.reject(new PublishError('It does not work.'));

  const written = writeEdition(files, { root, out: path.join(folder, 'students'), prove });

  await expect(written).rejects.toThrow('It does not work.');
  expect(readdirSync(folder)).toEqual([]);
});

test('a process that is killed leaves no edition, and the next call removes what it left', async () => {
  const folder = makeFolder();
  const out = path.join(folder, 'students');
  const program = `
    import { writeEdition } from ${JSON.stringify(path.join(import.meta.dirname, 'write-edition.ts'))};
    const [root, out] = process.argv.slice(1);
    await writeEdition(new Map([['a/b.md', '']]), { root, out, prove: () => process.kill(process.pid, 'SIGKILL') });`;

  spawnSync(process.execPath, ['--input-type=module-typescript', '--eval', program, root, out]);
  const left = readdirSync(folder);
  await writeEdition(files, { root, out });

  expect(left).toEqual([expect.stringMatching(/^students\.unfinished-\d+$/)]);
  expect(readdirSync(folder)).toEqual(['students']);
});

test('leaves what another process is still writing', async () => {
  const folder = makeFolder();
  const others = path.join(folder, `students.unfinished-${process.ppid}`);
  write(others, { 'a.md': '' });

  await writeEdition(files, { root, out: path.join(folder, 'students') });

  expect(existsSync(others)).toBe(true);
});
