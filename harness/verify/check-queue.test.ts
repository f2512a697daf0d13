import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkQueue, missingForQueue } from './check-queue.ts';

/** Checks the queue with a run of its tests that leaves `report` and ends with `code`. */
async function check(report: unknown, code: number) {
  const folder = mkdtempSync(path.join(tmpdir(), 'check-queue-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'report.json');
  const run = async () => {
    if (report !== null) writeFileSync(file, JSON.stringify(report));
    return { code, output: 'It said this.' };
  };
  const { checks } = await checkQueue(run, file);
  return checks.map(({ name, problems }) => [name, problems.length]);
}

const reportOf = (status: string) => ({
  testResults: [
    { name: '/a.redis.ts', status, assertionResults: [{ fullName: 'nothing is lost', status }] },
  ],
});

test('each test beside a Redis server is a check', async () => {
  expect(await check(reportOf('passed'), 0)).toEqual([['nothing is lost', 0]]);
  expect(await check(reportOf('failed'), 1)).toEqual([['nothing is lost', 1]]);
});

test('a run that failed beside its tests, or left no report, is a problem', async () => {
  expect(await check(reportOf('passed'), 1)).toEqual([['a class on many machines', 1]]);
  expect(await check(null, 0)).toEqual([['a class on many machines', 1]]);
});

test('says which package is missing', async () => {
  expect(await missingForQueue('no-such-server')).toBe('the package no-such-server');
  expect(await missingForQueue('node')).toBeNull();
});
