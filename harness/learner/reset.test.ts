import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, makeKata } from './fixtures/made-kata.ts';
import { resetKata, restoreKata } from './reset.ts';

const starters = { '99-sum': { 'sum.ts': 'starter' } };

function read(directory: string, name: string): string {
  return readFileSync(path.join(directory, name), 'utf8');
}

test("puts the starter back, and keeps the learner's version", () => {
  const kata = makeKata({ 'sum.ts': 'mine', 'worker.ts': 'my worker' });

  const kept = resetKata(kata, { starters, kept: makeFolder() });

  expect(read(kata.directory, 'sum.ts')).toBe('starter');
  expect(existsSync(path.join(kata.directory, 'worker.ts'))).toBe(false);
  expect([read(kept!, 'sum.ts'), read(kept!, 'worker.ts')]).toEqual(['mine', 'my worker']);
});

test('changes nothing where the starter stands already', () => {
  const [kata, kept] = [makeKata({ 'sum.ts': 'starter' }), makeFolder()];

  expect(resetKata(kata, { starters, kept })).toBeNull();
  expect(readdirSync(kept)).toEqual([]);
});

test('brings back a file that is gone', () => {
  const kata = makeKata({ 'other.ts': '' });

  resetKata(kata, { starters, kept: makeFolder() });

  expect(read(kata.directory, 'sum.ts')).toBe('starter');
});

test('restores the last version, again and again', () => {
  const kata = makeKata({ 'sum.ts': 'mine' });
  const kept = makeFolder();

  resetKata(kata, { starters, kept });
  restoreKata(kata, { kept });
  const restored = read(kata.directory, 'sum.ts');
  restoreKata(kata, { kept });

  expect([restored, read(kata.directory, 'sum.ts')]).toEqual(['mine', 'starter']);
  expect(readdirSync(path.join(kept, '99-sum'))).toEqual(['1', '2', '3']);
});

test('what was being kept when a process was killed is not taken for a version', () => {
  const kata = makeKata({ 'sum.ts': 'mine' });
  const kept = makeFolder({ '99-sum/1/sum.ts': 'kept', '99-sum/2.new/sum.ts': 'half' });

  restoreKata(kata, { kept });

  expect(read(kata.directory, 'sum.ts')).toBe('kept');
});

test('says what is missing, and changes nothing', () => {
  const kata = makeKata({ 'sum.ts': 'mine' });

  expect(() => resetKata(kata, { starters: {} })).toThrow('The starter of kata 99 is not known');
  expect(() => restoreKata(kata, { kept: makeFolder() })).toThrow('No version of kata 99 was kept');
  expect(read(kata.directory, 'sum.ts')).toBe('mine');
});
