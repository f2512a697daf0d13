import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readKata } from '../../catalog/kata.ts';
import { harnessHasher } from './harness-hash.ts';
import { submissionHash } from './submission-hash.ts';

function files(entries: Readonly<Record<string, string>>): Map<string, Uint8Array> {
  return new Map(Object.entries(entries).map(([name, text]) => [name, Buffer.from(text)]));
}

test('an answer has the same hash in whatever order its files come', () => {
  expect(submissionHash(files({ a: '1', b: '2' }))).toBe(submissionHash(files({ b: '2', a: '1' })));
});

test.each([
  [{ a: '1' }, { a: '2' }],
  [{ a: '1' }, { b: '1' }],
  [{ a: '1' }, { a: '1', b: '' }],
  [{ a: '1:b:1:' }, { a: '', b: '1' }],
])('%j and %j have different hashes', (one, other) => {
  expect(submissionHash(files(one))).not.toBe(submissionHash(files(other as typeof one)));
});

/** A checkout with one kata and a harness of a few files. */
function madeCheckout() {
  const root = mkdtempSync(path.join(tmpdir(), 'checkout-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const write = (name: string, text: string): void => {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
  };
  write('package-lock.json', '{}');
  write('harness/clock/clock.ts', 'one');
  const kata = readKata('03-three-fetches');
  cpSync(kata.directory, path.join(root, 'katas', kata.id), { recursive: true });
  const hash = (sandbox = true): string =>
    harnessHasher({ sandbox, root })(readKata(kata.id, path.join(root, 'katas')));
  return { write, hash };
}

test.each([
  'package-lock.json',
  'harness/clock/clock.ts',
  'harness/new-folder/judges.ts',
  'katas/03-three-fetches/three-fetches.spec.ts',
  'katas/03-three-fetches/kata.json',
])('a change of %s makes every verdict unknown', (name) => {
  const { write, hash } = madeCheckout();
  const before = hash();

  write(
    name,
    name.endsWith('kata.json') ? '{ "files": ["three-fetches.ts"], "title": "New" }' : 'changed',
  );

  expect(hash()).not.toBe(before);
});

test.each([
  'harness/clock/clock.test.ts',
  'harness/classroom/exports/export-csv.ts',
  'katas/03-three-fetches/README.md',
  'katas/03-three-fetches/three-fetches.ts',
  'solutions/03-three-fetches/three-fetches.ts',
])('a change of %s leaves every verdict known', (name) => {
  const { write, hash } = madeCheckout();
  const before = hash();

  write(name, 'changed');

  expect(hash()).toBe(before);
});

test('a verdict from outside the sandbox is none of the sandbox', () => {
  const { hash } = madeCheckout();

  expect(hash(false)).not.toBe(hash(true));
});
