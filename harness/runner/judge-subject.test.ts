import { expect, test } from 'vitest';
import { kata, resultOf, subjectOf } from './fixtures/judged-results.ts';
import type { End } from './fixtures/judged-results.ts';
import { judgeSubject } from './judge-subject.ts';
import type { Subject } from '../catalog/subject.ts';

function findings(subject: Subject, ends: Record<string, End>): string[] {
  return judgeSubject(subject, resultOf(ends)).map(({ found }) => found);
}

test.each(['assertion', 'unhandled', 'leak', 'busy-wait', 'deadlock', 'runaway', 'held'] as const)(
  'accepts a starter that is red by %s',
  (kind) => {
    expect(findings(subjectOf('starter'), { one: kind, two: 'pass' })).toEqual([]);
  },
);

test.each(['import', 'missing-export', 'missing-file', 'crash', 'hang'] as const)(
  'refuses a starter that is red by %s, whatever else is red',
  (kind) => {
    expect(findings(subjectOf('starter'), { one: 'assertion', two: kind })).toEqual([
      `The test "two" is red by ${kind}, not by an assertion: It is ${kind}.`,
    ]);
  },
);

test('refuses a starter that passes, or that only throws', () => {
  expect(findings(subjectOf('starter'), { one: 'pass' })[0]).toMatch(/passes every test/);
  expect(findings(subjectOf('starter'), { one: 'error' })[0]).toMatch(
    /^No test is red by an assertion; the first says: It is error\.$/,
  );
});

test('accepts a starter that waits for the learner only where kata.json says so', () => {
  const result = resultOf({ one: 'error' });
  const [red] = result.tests;
  const failure = { ...red!.failure!, message: 'Your code threw NotWrittenError: write me.' };
  const unwritten = { ...result, tests: [{ ...red!, failure }] };

  expect(
    judgeSubject(subjectOf('starter', { kata: { ...kata, starter: 'unwritten' } }), unwritten),
  ).toEqual([]);
  expect(judgeSubject(subjectOf('starter'), unwritten)).toHaveLength(1);
});

test.each(['solution', 'right'] as const)('wants every test of a %s answer green', (kind) => {
  expect(findings(subjectOf(kind), { one: 'pass', two: 'pass' })).toEqual([]);
  expect(findings(subjectOf(kind), { one: 'pass', two: 'error' })).toEqual([
    'It is right, but the test "two" rejects it: It is error.',
  ]);
});

test('wants a wrong answer rejected by exactly the tests that it names', () => {
  const subject = subjectOf('wrong', { fails: ['named', 'passes', 'asks onc'] });
  const ends = { named: 'assertion', passes: 'pass', 'asks once': 'hang' } as const;

  const problems = judgeSubject(subject, resultOf(ends));

  expect(problems.map(({ found }) => found)).toEqual([
    'It names the test "asks onc", which the spec does not have.',
    'The test "passes" must reject it, but passes.',
    'The test "asks once" rejects it too: It is hang.',
  ]);
  expect(problems[0]!.advice).toContain('The nearest is "asks once".');
  expect(judgeSubject({ ...subject, fails: ['named', 'asks once'] }, resultOf(ends))).toEqual([]);
});

test('refuses a wrong answer that could not be loaded, though it names the tests', () => {
  const subject = subjectOf('wrong', { fails: ['one'] });

  expect(findings(subject, { one: 'import' })).toEqual([
    'It could not be loaded, so it is not rejected for its mistake: It is import.',
  ]);
});

test.each(['starter', 'solution', 'right', 'wrong'] as const)(
  'takes no verdict on the %s from a run without evidence',
  (kind) => {
    const subject = subjectOf(kind, { fails: ['one'] });
    const problem = {
      kind: 'crash',
      message: 'It died.',
      location: null,
      advice: null,
      diff: null,
    } as const;

    expect(findings(subject, {})).toEqual(['No test ran.']);
    expect(findings(subject, { one: 'assertion', two: 'skipped' })).toEqual([
      'The test "two" did not run.',
    ]);
    expect(judgeSubject(subject, resultOf({ one: 'assertion' }, { problem }))[0]!.found).toBe(
      'The tests could not be run to their end: It died.',
    );
  },
);

test('refuses two tests of one name', () => {
  const { tests, ...result } = resultOf({ one: 'pass' });

  expect(judgeSubject(subjectOf('right'), { ...result, tests: [...tests, ...tests] })).toEqual([
    expect.objectContaining({ found: 'Two tests are named "one".' }),
  ]);
});

test.each([
  ['starter', 'npm test katas/03'],
  ['solution', 'KATAS_FROM=solutions npm test katas/03'],
  ['wrong', 'KATAS_FROM=wrong.ts npm test katas/03'],
] as const)('shows how to see the %s by hand', (kind, command) => {
  const problem = { kind: 'crash', message: '', location: null, advice: null, diff: null } as const;

  const [found] = judgeSubject(subjectOf(kind), resultOf({}, { problem }));

  expect(found!.advice).toBe(`Run it by hand: ${command}`);
});
