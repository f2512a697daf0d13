import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readKata } from '../catalog/kata.ts';
import { makeClass } from './make-class.ts';

const katas = ['03-three-fetches', '24-worker-pool'].map((id) => readKata(id));

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'made-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** Each file below `folder` with its text. */
function filesBelow(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return [path.relative(folder, file), readFileSync(file, 'utf8')];
    }),
  );
}

test('the same seed makes the same class, another seed another', () => {
  const [one, same, other] = [newFolder(), newFolder(), newFolder()];
  const known = makeClass(one, { students: 5, katas, seed: 1 });

  expect(makeClass(same, { students: 5, katas, seed: 1 })).toEqual(known);
  makeClass(other, { students: 5, katas, seed: 2 });

  expect(filesBelow(same)).toEqual(filesBelow(one));
  expect(filesBelow(other)).not.toEqual(filesBelow(one));
});

test('a class of thirty holds answers of every kind, and what has to come of each', () => {
  const known = makeClass(newFolder(), { students: 30, katas, seed: 1 });

  const kinds = new Set(known.map(({ name }) => name.split('/')[0]));
  expect(known).toHaveLength(60);
  expect(kinds).toEqual(new Set(['hostile', 'nothing', 'right', 'solution', 'starter', 'wrong']));
  const wrong = known.find(({ name }) => name.startsWith('wrong/'))!;
  expect(wrong).toMatchObject({ expected: ['fail'], fails: [expect.any(String)] });
  expect(
    known.some(({ name, expected }) => name.startsWith('hostile/') && expected.includes('pass')),
  ).toBe(false);
});

test('answers are each their own, but for the copyist who hands in what another did', () => {
  const folder = newFolder();
  makeClass(folder, { students: 15, katas, seed: 1, mixed: false });

  const of = (student: string) => filesBelow(path.join(folder, student));
  expect(of('student-15')).toEqual(of('student-14'));
  const texts = Object.entries(filesBelow(folder))
    .filter(([name]) => !name.startsWith('student-15'))
    .map(([, text]) => text);
  expect(new Set(texts).size).toBe(texts.length);
});

test('a class that is not mixed holds no hostile answers, and misses none', () => {
  const known = makeClass(newFolder(), { students: 30, katas, seed: 1, mixed: false });

  expect(known.filter(({ name }) => /^(?:hostile|nothing)/.test(name))).toEqual([]);
});
