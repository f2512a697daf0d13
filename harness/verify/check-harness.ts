import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { messageOf } from '../catalog/message-of.ts';
import { relativePath } from '../catalog/relative-path.ts';
import { projectRoot } from '../trace/source-location.ts';
import type { Check, StepReport } from './check.ts';
import { toolProblems } from './check-tools.ts';
import { runTool } from './run-tool.ts';
import type { StepContext } from './step.ts';

/** The least share of the harness's lines that its tests run, in per cent. */
export const coverageFloor = 90;

const leastCoveredShown = 8;

const testReport = v.object({
  testResults: v.array(
    v.object({
      name: v.string(),
      status: v.string(),
      message: v.optional(v.string()),
      assertionResults: v.array(
        v.object({
          fullName: v.string(),
          status: v.string(),
          failureMessages: v.optional(v.array(v.string())),
        }),
      ),
    }),
  ),
});

const lines = v.object({
  lines: v.object({ pct: v.union([v.number(), v.string()]), total: v.number() }),
});
const coverageReport = v.record(v.string(), lines);

export interface CheckHarnessOptions {
  /** Where Vitest leaves its reports; what is in it is lost. */
  readonly folder?: string;
  /** Runs a tool; only tests name another one. */
  readonly run?: typeof runTool;
}

/** Runs the tests of the harness; resolves with what they say, and, where the slow ones run too, with how much of it they run. */
export async function checkHarness(
  { all }: Pick<StepContext, 'all'>,
  {
    folder = path.join(projectRoot, '.kata', 'harness-tests'),
    run = runTool,
  }: CheckHarnessOptions = {},
): Promise<StepReport> {
  // What an earlier run left must not be read for this one.
  rmSync(folder, { recursive: true, force: true });
  const report = path.join(folder, 'tests.json');
  const { code, output } = await run('vitest', [
    'run',
    '--config=harness/vitest.config.ts',
    ...(all ? coverageWords(folder) : ['--project=!slow']),
    '--reporter=json',
    `--outputFile=${report}`,
  ]);

  const checks: Check[] = [];
  const notes: string[] = [];
  try {
    const tests = readTestReport(JSON.parse(readFileSync(report, 'utf8')));
    checks.push(...tests.checks);
    notes.push(...tests.notes);
    if (all) {
      const coverage = path.join(folder, 'coverage', 'coverage-summary.json');
      checks.push(coverageCheck(JSON.parse(readFileSync(coverage, 'utf8'))));
    } else
      notes.push(
        'The slow tests of the harness, and the count of covered lines, are left to --all.',
      );
  } catch (error) {
    checks.push(runFailed(code, `${messageOf(error)}\n${output}`));
  }
  // A failure that no test and no file shows, such as an unhandled error between two tests.
  if (checks.every(({ problems }) => problems.length === 0) && code !== 0) {
    checks.push(runFailed(code, output));
  }
  return { checks, notes };
}

function coverageWords(folder: string): string[] {
  return [
    '--coverage',
    '--coverage.reporter=json-summary',
    `--coverage.reportsDirectory=${path.join(folder, 'coverage')}`,
    '--coverage.reportOnFailure',
  ];
}

function runFailed(code: number | null, output: string): Check {
  const advice = 'Run it by hand: npm run test:harness -- --coverage';
  const failed = code === 0 ? 1 : code;
  return {
    name: 'the run of the harness tests',
    problems: toolProblems('harness', failed, output, advice),
  };
}

/** Turns the JSON that Vitest writes into a check for each test that ran, and one for each file that holds none. */
export function readTestReport(json: unknown): StepReport {
  const { testResults } = v.parse(testReport, json);
  let skipped = 0;
  const checks = testResults.flatMap((file): Check[] => {
    const name = relativePath(file.name);
    const advice = `npm run test:harness -- ${name}`;
    if (file.assertionResults.length === 0) {
      const found = file.message?.trim() || 'The file holds no test.';
      return [{ name, problems: [{ where: name, found, advice }] }];
    }
    return file.assertionResults.flatMap((test): Check[] => {
      if (test.status === 'passed') return [{ name: test.fullName, problems: [] }];
      if (test.status !== 'failed') {
        skipped += 1;
        return [];
      }
      const message = test.failureMessages?.join('\n').split('\n').slice(0, 6).join('\n') ?? '';
      const found = `The test "${test.fullName}" is red: ${message}`;
      return [{ name: test.fullName, problems: [{ where: name, found, advice }] }];
    });
  });
  return {
    checks,
    notes: skipped === 0 ? [] : [`${skipped} tests of the harness did not run here.`],
  };
}

/** Turns the summary that the coverage writes into one check; its problem names the files that lack most. */
export function coverageCheck(json: unknown): Check {
  const { total, ...files } = v.parse(coverageReport, json);
  const percent = Number(total?.lines.pct ?? 0);
  const name = `coverage of at least ${coverageFloor} %`;
  if (percent >= coverageFloor) return { name, problems: [] };
  const lacking = Object.entries(files)
    .map(([file, { lines }]) => ({
      file: relativePath(file),
      missing: Math.round(lines.total * (1 - Number(lines.pct) / 100)),
    }))
    .filter(({ missing }) => missing > 0)
    .toSorted((a, b) => b.missing - a.missing)
    .slice(0, leastCoveredShown)
    .map(({ file, missing }) => `${file}: ${missing} lines that no test runs`);
  return {
    name,
    problems: [
      {
        where: 'harness',
        found: [
          `Expected tests to run at least ${coverageFloor} % of the lines, got ${percent} %.`,
          ...lacking,
        ].join('\n'),
        advice: 'Test what these files do: npm run test:harness -- --coverage',
      },
    ],
  };
}
