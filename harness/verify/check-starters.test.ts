import { expect, test } from 'vitest';
import { checkStarters } from './check-starters.ts';

const starters = { '01-a': { 'a.ts': 'one' }, '02-b': { 'b.ts': 'two' } };

test('the kept starters are those of the katas', () => {
  expect(checkStarters(starters, structuredClone(starters)).problems).toEqual([]);
});

test('tells of a starter that changed, one that is new, and one that is gone', () => {
  const kept = { '02-b': { 'b.ts': 'old' }, '03-c': {} };

  const { problems } = checkStarters(starters, kept);

  expect(problems.map(({ found }) => /katas\/(\S+)\.$/.exec(found)?.[1])).toEqual([
    '01-a',
    '02-b',
    '03-c',
  ]);
});
