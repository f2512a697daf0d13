import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { sampleCatalog } from '../catalog/fixtures/sample-catalog.ts';
import { readKata } from '../catalog/kata.ts';
import { checkCatalog, checkMatrix } from './check-catalog.ts';
import type { CheckCatalogOptions } from './check-catalog.ts';
import { resultOf } from '../runner/fixtures/judged-results.ts';
import type { End } from '../runner/fixtures/judged-results.ts';

const id = '03-three-fetches';
const green: Record<string, End> = { 'is quick': 'pass', 'asks once': 'pass' };
const rejected: Record<string, End> = { 'is quick': 'pass', 'asks once': 'assertion' };

/** Judges the sample catalogue, where every wrong answer names the test "asks once". */
function sample(
  judge: (submission: string | null) => Record<string, End>,
  changes: Record<string, string | null> = {},
) {
  const folders = sampleCatalog(changes);
  const asked: (string | null)[] = [];
  const options: CheckCatalogOptions = {
    folders,
    judge: async (_kata, submission) => {
      asked.push(submission);
      return resultOf(judge(submission));
    },
  };
  return { kata: readKata(id, folders.katas), options, asked };
}

function asExpected(submission: string | null): Record<string, End> {
  return submission === null || submission.includes('wrong') ? rejected : green;
}

test('judges the starter, the solution and every answer, and finds nothing where all is as it should be', async () => {
  const { options } = sample(asExpected);
  const progress: string[] = [];

  const { checks, notes } = await checkCatalog([id], {
    ...options,
    onProgress: (done, all) => progress.push(`${done}/${all}`),
  });

  expect(checks.map(({ name }) => name)).toEqual([
    `${id}: starter`,
    `${id}: solution`,
    `${id}: right/other`,
    ...['a', 'b', 'c', 'd'].map((name) => `${id}: wrong/${name}`),
    `${id}: a wrong answer for every test`,
  ]);
  expect(checks.flatMap(({ problems }) => problems)).toEqual([]);
  expect(notes).toEqual([]);
  expect(progress.at(-1)).toBe('7/7');
});

test('judges a few answers where a kata is not to be judged whole, and says how many are left', async () => {
  const { options, asked } = sample(asExpected);

  const { checks, notes } = await checkCatalog([id], { ...options, wholeKatas: new Set() });

  expect(checks.map(({ name }) => name)).toEqual([
    `${id}: starter`,
    `${id}: solution`,
    `${id}: right/other`,
    `${id}: wrong/a`,
  ]);
  expect(asked).toHaveLength(4);
  expect(notes).toEqual([
    '3 of 7 answers are left to --all. Judged were a few to each kata, and all where it has changed: none.',
  ]);
});

test('misses a wrong answer for a test that never rejects one alone', async () => {
  const both: Record<string, End> = { 'is quick': 'assertion', 'asks once': 'assertion' };
  const changes = Object.fromEntries(
    ['a.ts', 'b.ts', 'c.ts', 'd/three-fetches.ts'].map((name) => [
      `solutions/${id}/wrong/${name}`,
      '// Never asks.\n// fails: is quick\n// fails: asks once\n',
    ]),
  );
  const { options } = sample(
    (submission) => (asExpected(submission) === green ? green : both),
    changes,
  );

  const { checks } = await checkCatalog([id], options);

  expect(checks.flatMap(({ problems }) => problems.map(({ found }) => found))).toEqual([
    'No wrong answer is rejected by the test "asks once" alone.',
  ]);
});

test('judges again what the machine was too busy for, and says so', async () => {
  let runs = 0;
  const { options } = sample((submission) => {
    if (submission !== null) return asExpected(submission);
    runs += 1;
    return runs < 3 ? { 'is quick': 'inconclusive' } : rejected;
  });

  const { checks, notes } = await checkCatalog([id], options);

  expect(checks.flatMap(({ problems }) => problems)).toEqual([]);
  const busy = `${id}: starter was judged once more: the machine was too busy.`;
  expect(notes).toEqual([busy, busy]);
});

test('fails after three runs without a verdict, and never calls that a pass', async () => {
  const { options, asked } = sample((submission) =>
    submission?.endsWith('a.ts') ? { 'is quick': 'inconclusive' } : asExpected(submission),
  );

  const { checks } = await checkCatalog([id], options);

  expect(checks.find(({ name }) => name.endsWith('wrong/a'))!.problems[0]!.found).toBe(
    'It could not be judged, which says nothing about the answer. In 3 runs the machine was too busy to judge "is quick".',
  );
  expect(asked.filter((submission) => submission?.endsWith('a.ts'))).toHaveLength(3);
  // Its verdict may be the one that is missing.
  expect(checks.some(({ name }) => name.endsWith('for every test'))).toBe(false);
});

test('tells of a process that failed as of the machine, not of the answer', async () => {
  const { options } = sample(asExpected);
  const judge = () => Promise.reject(new Error('The process died.'));

  const { checks } = await checkCatalog([id], { ...options, judge });

  expect(checks[0]!.problems[0]!.found).toBe(
    'It could not be judged, which says nothing about the answer. The process died.',
  );
});

test('judges nothing of a kata whose answers cannot be read', async () => {
  const { options, asked } = sample(asExpected, {
    [`solutions/${id}/wrong/a.ts`]: 'export {};\n',
  });

  const { checks } = await checkCatalog([id], options);

  expect(checks).toHaveLength(1);
  expect(checks[0]!.problems[0]!.found).toContain('Expected a first comment');
  expect(asked).toEqual([]);
});

test('draws which test rejects which wrong answer, in 80 columns', async () => {
  const { kata, options } = sample((submission) => {
    if (submission!.endsWith('a.ts')) return rejected;
    if (submission!.endsWith('b.ts')) return { 'is quick': 'assertion', 'asks once': 'assertion' };
    return { 'is quick': 'assertion', 'asks once': 'pass' };
  });

  const { text, checks } = await checkMatrix(kata, options);

  const lines = stripVTControlCharacters(text).split('\n');
  expect(lines.find((line) => line.startsWith(' is quick'))).toMatch(/ \. ! ! !$/);
  expect(lines.find((line) => line.startsWith(' asks once'))).toMatch(/ X x - -$/);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(checks.map(({ problems }) => problems.length)).toEqual([0, 1, 2, 2]);
});

test('tells of a kata that cannot be read, and judges the others', async () => {
  const { options } = sample(asExpected, { 'katas/04-broken/kata.json': '{' });

  const { checks } = await checkCatalog(['04-broken', id], options);

  expect(checks[0]!.problems[0]!.found).toMatch(/^Its answers cannot be read: .*JSON/);
  expect(checks.slice(1).flatMap(({ problems }) => problems)).toEqual([]);
  expect(checks).toHaveLength(9);
});
