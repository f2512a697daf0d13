import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { corpusAnswers } from './corpus-answers.ts';

const kata = { id: '03-three-fetches', files: ['three-fetches.ts'] };

function corpusOf(attacks: Record<string, { manifest?: object; source?: string; also?: string }>) {
  const corpus = mkdtempSync(path.join(tmpdir(), 'corpus-'));
  onTestFinished(() => rmSync(corpus, { recursive: true }));
  for (const [name, { manifest, source = '1;', also }] of Object.entries(attacks)) {
    mkdirSync(path.join(corpus, name));
    const told = { group: 'exits', kata: kata.id, expected: { handedIn: { verdict: 'crashed' } } };
    const write = (file: string, text: string) =>
      writeFileSync(path.join(corpus, name, file), text);
    write('attack.json', JSON.stringify({ ...told, ...manifest }));
    write('three-fetches.ts', source);
    if (also !== undefined) write(also, '');
  }
  return corpus;
}

test('an attack that is a file and no more is an answer, with the verdicts that it may end with', () => {
  const verdict = ['fail', 'timeout'];
  const corpus = corpusOf({ one: {}, two: { manifest: { expected: { handedIn: { verdict } } } } });

  expect(corpusAnswers(kata, corpus)).toEqual([
    { name: 'one', files: new Map([['three-fetches.ts', '1;']]), expected: ['crashed'] },
    { name: 'two', files: new Map([['three-fetches.ts', '1;']]), expected: verdict },
  ]);
});

test('attacks that need more than their file, exhaust the machine or are on another kata are left out', () => {
  const corpus = corpusOf({
    made: { also: 'make.ts' },
    told: { source: 'read("%SECRET%")' },
    second: { manifest: { before: '01-blocking-or-suspending' } },
    heavy: { manifest: { group: 'exhaustion' } },
    other: { manifest: { kata: '24-worker-pool' } },
  });

  expect(corpusAnswers(kata, corpus)).toEqual([]);
});

test('without a corpus there are none', () => {
  expect(corpusAnswers(kata, '/nowhere/corpus')).toEqual([]);
});
