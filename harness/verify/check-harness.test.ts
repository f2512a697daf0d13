import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { projectRoot } from '../trace/source-location.ts';
import { checkHarness, coverageCheck, readTestReport } from './check-harness.ts';

const file = (name: string): string => path.join(projectRoot, 'harness', name);

test('makes a check of each test that ran, and notes those that did not', () => {
  const report = {
    testResults: [
      {
        name: file('clock/a.test.ts'),
        status: 'failed',
        assertionResults: [
          { fullName: 'is green', status: 'passed' },
          { fullName: 'is red', status: 'failed', failureMessages: ['Error: 1\n    at a.ts:1'] },
          { fullName: 'needs Linux', status: 'skipped' },
        ],
      },
    ],
  };

  expect(readTestReport(report)).toEqual({
    checks: [
      { name: 'is green', problems: [] },
      {
        name: 'is red',
        problems: [
          {
            where: 'harness/clock/a.test.ts',
            found: 'The test "is red" is red: Error: 1\n    at a.ts:1',
            advice: 'npm run test:harness -- harness/clock/a.test.ts',
          },
        ],
      },
    ],
    notes: ['1 tests of the harness did not run here.'],
  });
});

test.each([
  ['Cannot find module', 'Cannot find module'],
  ['', 'The file holds no test.'],
])('fails for a file without a test that ran: %j', (message, found) => {
  const name = file('clock/a.test.ts');

  const report = { testResults: [{ name, status: 'failed', message, assertionResults: [] }] };

  expect(readTestReport(report).checks[0]!.problems[0]!.found).toBe(found);
});

test('names the files that lack most where too little is covered', () => {
  const lines = (total: number, pct: number) => ({ lines: { total, pct } });

  const check = coverageCheck({
    total: lines(300, 89.9),
    [file('a.ts')]: lines(100, 90),
    [file('b.ts')]: lines(100, 50),
    [file('c.ts')]: lines(100, 100),
  });

  expect(check.problems[0]!.found.split('\n')).toEqual([
    'Expected tests to run at least 90 % of the lines, got 89.9 %.',
    'harness/b.ts: 50 lines that no test runs',
    'harness/a.ts: 10 lines that no test runs',
  ]);
  expect(coverageCheck({ total: lines(300, 90) }).problems).toEqual([]);
});

test('takes a report without a total for no coverage', () => {
  expect(coverageCheck({}).problems).toHaveLength(1);
});

/** Runs the step with a Vitest that ends with `code` and leaves these reports. */
function check(code: number, reports: { tests?: object; coverage?: object }, all = true) {
  const root = mkdtempSync(path.join(tmpdir(), 'harness-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const folder = path.join(root, 'reports');
  const run = async (_tool: string, words: readonly string[]) => {
    mkdirSync(path.join(folder, 'coverage'), { recursive: true });
    for (const [name, report] of [
      ['tests.json', reports.tests],
      ['coverage/coverage-summary.json', reports.coverage],
    ] as const) {
      if (report !== undefined) writeFileSync(path.join(folder, name), JSON.stringify(report));
    }
    return { code, output: `what Vitest said to ${words.join(' ')}` };
  };
  return checkHarness({ all }, { folder, run });
}

const coverage = { total: { lines: { total: 10, pct: 95 } } };

test('passes where the run, its tests and its coverage are well', async () => {
  const { checks } = await check(0, { tests: { testResults: [] }, coverage });

  expect(checks).toEqual([{ name: 'coverage of at least 90 %', problems: [] }]);
});

test('without --all leaves the slow tests and the coverage out, and says so', async () => {
  const { checks, notes } = await check(0, { tests: { testResults: [] } }, false);

  expect(checks).toEqual([]);
  expect(notes).toEqual([expect.stringContaining('are left to --all')]);
  const failed = await check(1, { tests: { testResults: [] } }, false);
  const { found } = failed.checks[0]!.problems[0]!;
  expect(found).toContain('--project=!slow');
  expect(found).not.toContain('--coverage');
});

test.each([
  ['ends badly though no test is red', 1, { tests: { testResults: [] }, coverage }],
  ['leaves no report', 0, {}],
  ['leaves no coverage', 0, { tests: { testResults: [] } }],
])('fails where the run %s', async (_, code, reports) => {
  const { checks } = await check(code, reports);

  expect(checks.at(-1)!.name).toBe('the run of the harness tests');
  expect(checks.at(-1)!.problems[0]!.found).toContain('what Vitest said');
});
