import { expect, test } from 'vitest';
import { checkEdition, missingForEdition } from './check-edition.ts';

test('is one check, whose problem says what went wrong', async () => {
  const { checks } = await checkEdition(() => Promise.reject(new Error('It cannot be installed.')));

  expect(checks.map(({ name }) => name)).toEqual(["the students' edition works"]);
  expect(checks[0]!.problems[0]!.found).toBe('It cannot be installed.');
});

test('passes where the edition was proved', async () => {
  const proved: string[] = [];

  const { checks } = await checkEdition(async (folder) => {
    proved.push(folder);
  });

  expect(checks[0]!.problems).toEqual([]);
  expect(proved).toHaveLength(1);
});

test('needs npm', async () => {
  expect(await missingForEdition()).toBeNull();
  expect(await missingForEdition('no-such-npm')).toBe('npm');
});
