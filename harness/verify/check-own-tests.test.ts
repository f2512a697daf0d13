import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkOwnTests, pageTests, queueTests, terminalTests } from './check-own-tests.ts';

const kinds = [
  { kind: pageTests, report: 'browser-tests.json', name: 'the pages in a browser' },
  { kind: queueTests, report: 'queue-tests.json', name: 'a class on many machines' },
  { kind: terminalTests, report: 'terminal-tests.json', name: 'watch in a terminal' },
];

/** Checks such tests with a run that leaves `content` as its report, and ends with `code`. */
async function check({ kind, report }: (typeof kinds)[number], content: unknown, code: number) {
  const folder = mkdtempSync(path.join(tmpdir(), 'check-own-tests-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const run = async () => {
    if (content !== null) writeFileSync(path.join(folder, report), JSON.stringify(content));
    return { code, output: 'It said this.' };
  };
  const { checks } = await checkOwnTests(kind, run, folder);
  return checks.map(({ name, problems }) => [name, problems.length]);
}

const reportOf = (status: string) => ({
  testResults: [{ name: '/a.ts', status, assertionResults: [{ fullName: 'is shown', status }] }],
});

test.each(kinds)('$name: each test is a check', async (kind) => {
  expect(await check(kind, reportOf('passed'), 0)).toEqual([['is shown', 0]]);
  expect(await check(kind, reportOf('failed'), 1)).toEqual([['is shown', 1]]);
});

test.each(kinds)(
  '$name: a run that failed beside its tests, or left no report, is a problem',
  async (kind) => {
    expect(await check(kind, reportOf('passed'), 1)).toEqual([[kind.name, 1]]);
    expect(await check(kind, null, 0)).toEqual([[kind.name, 1]]);
    expect(await check(kind, null, 1)).toEqual([[kind.name, 1]]);
  },
);
