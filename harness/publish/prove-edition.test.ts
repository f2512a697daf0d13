import { readdirSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, write } from './fixtures/made-repository.ts';
import { proveEdition } from './prove-edition.ts';
import type { RunInEdition } from './prove-edition.ts';

const ends: Record<string, { code: number; output: string }> = {
  ci: { code: 0, output: '' },
  starter: { code: 1, output: ' 4 of 8 green.\n' },
  solution: { code: 0, output: '' },
};

/** Proves a made edition, where each program ends as told. */
function prove(told: Partial<typeof ends> = {}) {
  const folder = makeFolder();
  const root = makeFolder();
  write(root, { 'solutions/README.md': '' });
  const ran: string[] = [];
  const run: RunInEdition = async (_, [word], env) => {
    const name = word === 'ci' ? word : env?.['KATAS_FROM'] ? 'solution' : 'starter';
    write(folder, { 'node_modules/a.js': '', '.kata/learner.json': '' });
    ran.push(name);
    return { ...ends, ...told }[name]!;
  };
  return { folder, root, ran, proved: proveEdition(folder, root, run) };
}

test('installs it, judges its starter and the solution, and leaves it as it was', async () => {
  const { folder, ran, proved } = prove();

  await proved;

  expect(ran).toEqual(['ci', 'starter', 'solution']);
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ['ci', { code: 1, output: 'EUSAGE' }, '`npm ci --no-audit --no-fund --prefer-offline` to end'],
  ['starter', { code: 0, output: 'All 8 green.' }, '`npm test katas/03` to end with code 1'],
  ['starter', { code: 1, output: 'Error: x' }, 'The edition does not judge its starter:\nError: x'],
  ['solution', { code: 1, output: ' 7 of 8 green.' }, 'to end with code 0 in the edition, got 1:'],
])('fails where %s ends otherwise: %j', async (name, end, message) => {
  const { folder, proved } = prove({ [name]: end });

  await expect(proved).rejects.toThrow(message);
  expect(readdirSync(folder)).toEqual([]);
});

test('says that npm cannot be run', async () => {
  const folder = path.join(makeFolder(), 'gone');

  await expect(proveEdition(folder, makeFolder())).rejects.toThrow('npm cannot be run: ');
});
