import path from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, makeKata } from './fixtures/made-kata.ts';
import { readSolution } from './solution-text.ts';

test('reads the files that the solution has', () => {
  const folder = makeFolder({ '99-sum/sum.ts': 'solved' });

  const solution = readSolution(makeKata({ 'sum.ts': 'mine', 'worker.ts': 'mine' }), folder);

  expect([...solution.files]).toEqual([['sum.ts', 'solved']]);
});

test('says that there is no solution on this machine', () => {
  const kata = makeKata({ 'sum.ts': 'mine' });

  expect(() => readSolution(kata, path.join(makeFolder(), 'solutions'))).toThrow(
    'There is no solution of kata 99 here: neither a folder solutions/99-sum nor a branch origin/solutions.',
  );
});
