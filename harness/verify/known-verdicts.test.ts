import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Kata } from '../catalog/kata.ts';
import { kata as sample, resultOf } from '../runner/fixtures/judged-results.ts';
import { KnownVerdicts } from './known-verdicts.ts';

const result = resultOf({ 'is quick': 'pass', 'asks once': 'assertion' });

/** A kata with one answer, and a file for a store. */
function setUp(): { kata: Kata; answer: string; file: string } {
  const folder = mkdtempSync(path.join(tmpdir(), 'known-verdicts-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const directory = path.join(folder, sample.id);
  const answer = path.join(folder, 'answer.ts');
  mkdirSync(directory);
  writeFileSync(path.join(directory, 'three-fetches.spec.ts'), '// the spec\n');
  writeFileSync(answer, '// an answer\n');
  return { kata: { ...sample, directory }, answer, file: path.join(folder, 'verified.json') };
}

test('knows in the next run what was remembered in this one', () => {
  const { kata, answer, file } = setUp();
  const store = KnownVerdicts.open(file);
  expect(store.find(kata, answer)).toBeNull();
  store.remember(kata, { ...result, submission: answer });
  store.save();

  const found = KnownVerdicts.open(file).find(kata, answer);

  expect(found?.tests.map(({ name, verdict }) => `${name}: ${verdict}`)).toEqual([
    'is quick: pass',
    'asks once: fail',
  ]);
});

test.each(['answer', 'spec'] as const)(
  'an answer is judged anew when its %s changes',
  (changed) => {
    const { kata, answer, file } = setUp();
    const store = KnownVerdicts.open(file);
    store.remember(kata, { ...result, submission: answer });
    store.save();

    const spec = path.join(kata.directory, 'three-fetches.spec.ts');
    writeFileSync(changed === 'answer' ? answer : spec, '// another\n');

    expect(KnownVerdicts.open(file).find(kata, answer)).toBeNull();
  },
);

test('a file that is not whole is taken as empty', () => {
  const { kata, answer, file } = setUp();
  writeFileSync(file, '[["a"');

  expect(KnownVerdicts.open(file).find(kata, answer)).toBeNull();
});
