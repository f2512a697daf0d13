import { rmSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readAttacks } from './attack.ts';
import { MadeCorpus } from './fixtures/made-corpus.ts';

test('an attack says how both of its runs end', () => {
  using corpus = new MadeCorpus();
  corpus.write('exits-a');

  const { attacks, problems } = readAttacks(corpus.directory);

  expect(problems).toEqual([]);
  expect(attacks).toMatchObject([
    {
      name: 'exits-a',
      files: ['three-fetches.ts'],
      expected: {
        handedIn: { verdicts: ['refused'], says: 'process.exit' },
        unchecked: { verdicts: ['crashed', 'timeout'], says: null },
      },
    },
  ]);
});

test.for<[string, object, string]>([
  ['exits-a', { expected: undefined }, 'expected'],
  ['exits-a', { expected: { handedIn: { verdict: 'refused' } } }, 'unchecked'],
  [
    'exits-a',
    { expected: { handedIn: { verdict: 'pass' }, unchecked: { verdict: 'fail' } } },
    'verdict',
  ],
  ['exits-a', { neverPasses: false }, 'neverPasses'],
  ['exits-a', { group: 'others' }, 'group'],
  ['values-a', {}, 'exits-'],
])('a folder that does not say what is expected is a problem: %s %j', ([name, told, said]) => {
  using corpus = new MadeCorpus();
  corpus.write(name, told);

  const { attacks, problems } = readAttacks(corpus.directory);

  expect(attacks).toEqual([]);
  expect(problems).toEqual([expect.stringContaining(said)]);
});

test('a folder without attack.json, or without anything hostile, is a problem', () => {
  using corpus = new MadeCorpus();
  corpus.write('exits-a').write('exits-b', {}, {});
  rmSync(path.join(corpus.directory, 'exits-a', 'attack.json'));

  const { problems } = readAttacks(corpus.directory);

  expect(problems.toSorted()).toEqual([
    expect.stringContaining('exits-a: ENOENT'),
    expect.stringContaining('exits-b: Expected a hostile file'),
  ]);
});
