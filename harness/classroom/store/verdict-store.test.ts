import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { StoreError } from './store-error.ts';
import { VerdictStore, type StoredGrade } from './verdict-store.ts';

const key = { submission: 'answer', kata: '03-three-fetches', harness: 'harness' };
const grade: StoredGrade = {
  kata: '03-three-fetches',
  verdict: 'fail',
  reason: null,
  passedTests: 1,
  tests: [],
  allTests: 8,
  seed: '7',
  submission: 'answer',
  harness: 'harness',
  judgedMs: 12,
};

function newFile(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'verdicts-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return path.join(folder, 'verdicts.sqlite');
}

test('a verdict is there when the store is opened again, and so is the seed', () => {
  const file = newFile();
  const first = VerdictStore.open(file);
  first.put(key, grade);
  const { seed } = first;
  first.close();

  using again = VerdictStore.open(file);

  expect(again.get(key)).toEqual(grade);
  expect(again.seed).toBe(seed);
});

test.each([{ submission: 'other' }, { kata: '04-calling-is-starting' }, { harness: 'other' }])(
  'a verdict is not served for %j',
  (change) => {
    using store = VerdictStore.open(':memory:');
    store.put(key, grade);

    expect(store.get({ ...key, ...change })).toBe(null);
  },
);

test.each(['inconclusive', 'infrastructure'] as const)('%s is never kept as known', (verdict) => {
  using store = VerdictStore.open(':memory:');

  expect(() => store.put(key, { ...grade, verdict })).toThrow(TypeError);
  store.putUnknown(key, { ...grade, verdict }, 1);

  expect(store.get(key)).toBe(null);
  expect(store.unknown(key)).toEqual({ attempts: 1, grade: { ...grade, verdict } });
});

test('a verdict ends what was unknown', () => {
  using store = VerdictStore.open(':memory:');
  store.putUnknown(key, { ...grade, verdict: 'inconclusive' }, 1);

  store.put(key, grade);

  expect(store.unknown(key)).toBe(null);
});

test('a regrade knows only what it has judged itself, until it has ended', () => {
  const file = newFile();
  const first = VerdictStore.open(file);
  first.put(key, grade);
  const begun = first.beginRegrade();
  first.close();

  using store = VerdictStore.open(file);
  const resumed = store.beginRegrade();
  expect([begun.goesOn, resumed]).toEqual([false, { since: 1, goesOn: true }]);
  expect([store.get(key, resumed.since), store.get(key)]).toEqual([null, grade]);

  store.put(key, grade);
  expect(store.get(key, resumed.since)).toEqual(grade);
  store.remember([], { endsRegrade: true });
  expect(store.beginRegrade()).toEqual({ since: 2, goesOn: false });
});

test('a second opener is told that another run is grading', () => {
  const file = newFile();
  using _first = VerdictStore.open(file);

  expect(() => VerdictStore.open(file)).toThrow(StoreError);
  expect(() => VerdictStore.open(file)).toThrow(/^Another run is grading into /);
});

test('what is no store is neither read nor changed', () => {
  const text = newFile();
  writeFileSync(text, 'verdicts of another kind, a text of some length, and no database');
  const other = newFile();
  const database = new DatabaseSync(other);
  database.exec('CREATE TABLE songs (name TEXT)');
  database.close();

  expect(() => VerdictStore.open(text)).toThrow(/^The verdicts cannot be kept in /);
  expect(() => VerdictStore.open(other)).toThrow(/^Expected verdicts of version 1 /);
});
