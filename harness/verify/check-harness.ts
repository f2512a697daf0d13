import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { messageOf } from '../catalog/message-of.ts';
import { relativePath } from '../catalog/relative-path.ts';
import { projectRoot } from '../trace/source-location.ts';
import type { Check, StepReport } from './check.ts';
import { toolProblems } from './check-tools.ts';
import { runTool } from './run-tool.ts';

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

/** The tests of the harness, and how much of it they run. */
export async function checkHarness(): Promise<StepReport> {
  const report = path.join(projectRoot, '.kata', 'harness-tests.json');
  const coverage = path.join(projectRoot, 'coverage');
  const coverageFile = path.join(coverage, 'coverage-summary.json');
  // What an earlier run left must not be read for this one.
  for (const file of [report, coverageFile]) rmSync(file, { force: true });
  const { code, output } = await runTool('vitest', [
    'run',
    '--config=harness/vitest.config.ts',
    '--coverage',
    '--coverage.reporter=json-summary',
    `--coverage.reportsDirectory=${coverage}`,
    '--coverage.reportOnFailure',
    '--reporter=json',
    `--outputFile=${report}`,
  ]);

  const checks: Check[] = [];
  const notes: string[] = [];
  try {
    const tests = readTestReport(JSON.parse(readFileSync(report, 'utf8')));
    checks.push(...tests.checks);
    notes.push(...tests.notes);
    checks.push(coverageCheck(JSON.parse(readFileSync(coverageFile, 'utf8'))));
  } catch (error) {
    const advice = 'Run it by hand: npm run test:harness -- --coverage';
    const found = toolProblems('harness', code ?? 1, `${messageOf(error)}\n${output}`, advice);
    checks.push({ name: 'the run of the harness tests', problems: found });
  }
  // A failure that no test and no file shows, such as an unhandled error between two tests.
  if (code !== 0 && checks.every(({ problems }) => problems.length === 0)) {
    const advice = 'Run it by hand: npm run test:harness -- --coverage';
    checks.push({
      name: 'the run of the harness tests',
      problems: toolProblems('harness', code, output, advice),
    });
  }
  return { checks, notes };
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
