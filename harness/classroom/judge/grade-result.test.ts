import { expect, test } from 'vitest';
import type { ConfinedRun, KataResult, TestResult } from '../../runner/kata-result.ts';
import { gradeResult } from './grade-result.ts';

const manifest = ['sends three', 'keeps their order'];
const run = 'r';

function ended(name: string, more: Partial<TestResult> = {}): TestResult {
  return {
    name,
    verdict: 'pass',
    failure: null,
    spans: [],
    virtual: true,
    virtualMs: 10,
    realMs: 1,
    seed: '1',
    attempts: 1,
    droppedWrites: 0,
    seal: { changed: null, tag: '' },
    genuine: true,
    ...more,
  };
}

function resultOf(own: TestResult[], more: Partial<KataResult> = {}): KataResult {
  const tests = [
    ended('canary before r 0'),
    ended('canary before r 1', { verdict: 'fail' }),
    ...own,
    ended('canary after r 0'),
    ended('canary after r 1', { verdict: 'fail' }),
  ];
  const confined: ConfinedRun = { run, seed: '1', breach: null, shared: false };
  return {
    kata: '03-three-fetches',
    submission: null,
    verdict: 'fail',
    tests,
    problem: null,
    output: '',
    realMs: 1,
    confined,
    ...more,
  };
}

const both = manifest.map((name) => ended(name));
const crash = { kind: 'crash', location: null, advice: null, diff: null } as const;

test('an answer passes where each test of the manifest did, and canaries are no tests', () => {
  const { verdict, tests } = gradeResult(resultOf(both), manifest);

  expect(verdict).toBe('pass');
  expect(tests.map(({ name }) => name)).toEqual(manifest);
});

test.for<[string, TestResult[]]>([
  ['is missing', both.slice(1)],
  ['came twice', [...both, both[0]!]],
  ['is not of the kata', [...both, ended('one more')]],
  ['was skipped', [ended(manifest[0]!, { verdict: 'skipped', genuine: false }), both[1]!]],
  ['has no seal', [ended(manifest[0]!, { genuine: false }), both[1]!]],
  [
    'asks for another try without a seal',
    [ended(manifest[0]!, { verdict: 'inconclusive', genuine: false }), both[1]!],
  ],
  [
    'met a changed built-in',
    [ended(manifest[0]!, { seal: { changed: 'JSON.parse', tag: '' } }), both[1]!],
  ],
])('it is tampered where a test %s', ([, tests]) => {
  expect(gradeResult(resultOf(tests), manifest).verdict).toBe('tampered');
});

test('it is tampered where a canary that had to fail passes', () => {
  const result = resultOf(both);
  const tests = result.tests.map((one) => ({ ...one, verdict: 'pass' as const }));

  expect(gradeResult({ ...result, tests }, manifest).reason).toMatch(/had to fail ended with pass/);
});

test.for<[string, string, string | null]>([
  ['unhandled', 'fail', 'After its tests: Somebody came late.'],
  ['held', 'fail', 'After its tests: Somebody came late.'],
  ['assertion', 'tampered', 'A test that had to pass ended with fail.'],
])('a canary that must pass and met a failure of kind %s: %s', ([kind, verdict, reason]) => {
  const failure = { ...crash, kind, message: 'Somebody came late.' } as TestResult['failure'];
  const result = resultOf(both);
  const tests = result.tests.map((one) =>
    one.name === 'canary after r 0' ? { ...one, verdict: 'fail' as const, failure } : one,
  );
  const red = tests.map((one) =>
    one.name === manifest[0] ? { ...one, verdict: 'fail' as const } : one,
  );

  expect(gradeResult({ ...result, tests }, manifest)).toMatchObject({ verdict, reason });
  expect(gradeResult({ ...result, tests: red }, manifest).verdict).toBe(verdict);
});

test('an answer that ran out of time on a machine that was too busy is no timeout', () => {
  const busy = ended(manifest[0]!, { verdict: 'inconclusive' });
  const outOfTime = (tests: TestResult[]) => {
    const result = resultOf(tests);
    return gradeResult({ ...result, confined: { ...result.confined!, breach: 'time' } }, manifest);
  };

  expect(outOfTime([busy]).verdict).toBe('inconclusive');
  expect(outOfTime([{ ...busy, genuine: false }]).verdict).toBe('timeout');
  expect(outOfTime(both).verdict).toBe('timeout');
});

test('a machine that was too busy is no failure, unless another test failed', () => {
  const busy = ended(manifest[0]!, { verdict: 'inconclusive' });
  const red = ended(manifest[1]!, { verdict: 'fail' });

  expect(gradeResult(resultOf([busy, both[1]!]), manifest).verdict).toBe('inconclusive');
  expect(gradeResult(resultOf([busy, red]), manifest).verdict).toBe('fail');
});

test('a process that died says how', () => {
  const of = (message: string, kind: 'crash' | 'hang' = 'crash') =>
    gradeResult(resultOf([], { problem: { ...crash, kind, message } }), manifest).verdict;

  expect(of('The process that ran your code died (signal SIGKILL).')).toBe('crashed');
  expect(of('Your code used up all the memory that it may have (256 MB)')).toBe('memory');
  expect(of('It held the loop.', 'hang')).toBe('timeout');
});

test.for<[string, 'fail' | 'timeout']>([
  ['Still waiting for the answer to GET /a: it had not come after 0.4 s.', 'fail'],
  ['Your code is still waiting after 10 s for fetch api1.', 'fail'],
  ['Your code held the event loop for 3 s and did not give it back.', 'timeout'],
])('a test that ended with "%s" makes a %s', ([message, verdict]) => {
  const hung = ended(manifest[0]!, {
    verdict: 'fail',
    failure: { ...crash, kind: 'hang', message },
  });

  expect(gradeResult(resultOf([hung, both[1]!]), manifest).verdict).toBe(verdict);
});

test('what a test tells is cut to what a report can bear, and taken by its shape', () => {
  const message = 'x'.repeat(9000);
  const failure = { ...crash, kind: 'assertion', message } as const;
  const spans = [{ label: 7 }] as unknown as TestResult['spans'];
  const { tests } = gradeResult(
    resultOf([ended(manifest[0]!, { verdict: 'fail', failure, spans }), both[1]!]),
    manifest,
  );

  expect(tests[0]!.failure?.message).toHaveLength(4000);
  expect(tests[0]!.spans).toEqual([]);
});
