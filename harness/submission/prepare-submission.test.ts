import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Kata } from '../catalog/kata.ts';
import { authorPath, projectRoot } from '../trace/source-location.ts';
import { originOfCopy, prepareSubmission } from './prepare-submission.ts';

function folder(files: Record<string, string>): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'submission-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(directory, name)), { recursive: true });
    writeFileSync(path.join(directory, name), text);
  }
  return directory;
}

function makeKata(): Kata {
  const directory = folder({
    'kata.json': '{}',
    'README.md': '',
    'sum.ts': 'starter',
    'worker.ts': 'starter worker',
    'given.ts': 'given',
    'sum.spec.ts': 'spec',
  });
  return {
    id: '99-sum',
    number: '99',
    slug: 'sum',
    directory,
    spec: path.join(directory, 'sum.spec.ts'),
    title: 'Sum',
    part: 1,
    evidence: ['C'],
    goal: 'One.',
    files: ['sum.ts', 'worker.ts'],
    modules: [],
  };
}

const read = (directory: string, name: string): string =>
  readFileSync(path.join(directory, name), 'utf8');

test("takes the answer out of a student's folder, and what it lacks from the kata", () => {
  const student = folder({ '99-sum/sum.ts': 'answer', '99-sum/given.ts': 'forged', 'x.ts': '' });

  const copy = prepareSubmission(makeKata(), student);

  expect(read(copy, 'sum.ts')).toBe('answer');
  expect(read(copy, 'worker.ts')).toBe('starter worker');
  expect(read(copy, 'given.ts')).toBe('given');
  expect(existsSync(path.join(copy, 'sum.spec.ts'))).toBe(false);
});

test('takes a folder that holds the answer itself, with its worker', () => {
  const student = folder({ 'sum.ts': 'answer', 'worker.ts': 'own worker' });

  const copy = prepareSubmission(makeKata(), student);

  expect([read(copy, 'sum.ts'), read(copy, 'worker.ts')]).toEqual(['answer', 'own worker']);
});

test("takes one file as the kata's main file, and tells it by its own name", () => {
  const student = folder({ 'wrong/one-by-one.ts': 'answer' });

  const copy = prepareSubmission(makeKata(), path.join(student, 'wrong/one-by-one.ts'));

  expect(read(copy, 'sum.ts')).toBe('answer');
  expect(authorPath(path.join(copy, 'sum.ts'))).toBe(path.join(student, 'wrong/one-by-one.ts'));
});

test("tells the file of another process's copy by its own name", () => {
  const [kata, student] = [makeKata(), folder({ '99-sum/sum.ts': 'answer' })];
  const copied = (name: string): string =>
    path.join(projectRoot, '.kata', 'submissions', '4711', '99-sum', name);

  const origins = ['sum.ts', 'given.ts'].map((name) => originOfCopy(kata, student, copied(name)));

  expect(origins).toEqual([
    path.join(student, '99-sum', 'sum.ts'),
    path.join(kata.directory, 'given.ts'),
  ]);
  expect(originOfCopy(kata, student, '/elsewhere.ts')).toBe('/elsewhere.ts');
});

test('says which file it looked for', () => {
  const student = folder({ 'readme.txt': '' });

  expect(() => prepareSubmission(makeKata(), student)).toThrow(
    `There is no answer to 99-sum in ${student}: expected ${path.join(student, '99-sum', 'sum.ts')}.`,
  );
});

test('removes what a process that was killed left behind', () => {
  const copy = prepareSubmission(makeKata(), folder({ 'sum.ts': '' }));
  const abandoned = path.join(path.dirname(copy), '..', '999999999', '99-sum');
  mkdirSync(abandoned, { recursive: true });

  prepareSubmission(makeKata(), folder({ 'sum.ts': '' }));

  expect(existsSync(abandoned)).toBe(false);
});
