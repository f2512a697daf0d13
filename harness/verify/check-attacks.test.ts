import { expect, test } from 'vitest';
import { checkAttacks } from './check-attacks.ts';

const verdicts = { handedIn: 'refused', unchecked: 'tampered' } as const;

test('each attack is a check, which fails where the attack gained, reached or broke something', async () => {
  const results = [
    { name: 'exits-a', verdicts, problems: [] },
    { name: 'exits-b', verdicts, problems: ['It passed.'] },
  ];

  const { checks } = await checkAttacks({ onProgress: () => {} }, async () => ({
    results,
    problems: [],
  }));

  expect(checks.map(({ name, problems }) => [name, problems.map(({ found }) => found)])).toEqual([
    ['the corpus of attacks', []],
    ['exits-a', []],
    ['exits-b', ['It passed.']],
  ]);
});

test('a corpus that lacks something is a problem, and progress is told', async () => {
  const told: string[] = [];

  const { checks } = await checkAttacks({ onProgress: (text) => told.push(text) }, async (tell) => {
    tell(3, 60);
    return { results: [], problems: ['Expected at least 60 attacks, got 59.'] };
  });

  expect(checks[0]!.problems.map(({ found }) => found)).toEqual([
    'Expected at least 60 attacks, got 59.',
  ]);
  expect(told).toEqual(['3 of 60']);
});
