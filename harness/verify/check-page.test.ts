import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkPage, missingForPage } from './check-page.ts';

/** Checks the page with a browser run that leaves `report` and ends with `code`. */
async function check(report: unknown, code: number) {
  const folder = mkdtempSync(path.join(tmpdir(), 'check-page-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'report.json');
  const run = async () => {
    if (report !== null) writeFileSync(file, JSON.stringify(report));
    return { code, output: 'It said this.' };
  };
  const { checks } = await checkPage(run, file);
  return checks.map(({ name, problems }) => [name, problems.length]);
}

const reportOf = (status: string) => ({
  testResults: [
    { name: '/a.browser.ts', status, assertionResults: [{ fullName: 'is drawn', status }] },
  ],
});

test('each test in the browser is a check', async () => {
  expect(await check(reportOf('passed'), 0)).toEqual([['is drawn', 0]]);
  expect(await check(reportOf('failed'), 1)).toEqual([['is drawn', 1]]);
});

test('a run that failed beside its tests, or left no report, is a problem', async () => {
  expect(await check(reportOf('passed'), 1)).toEqual([['the page in a browser', 1]]);
  expect(await check(null, 0)).toEqual([['the page in a browser', 1]]);
});

test('says which program is missing', async () => {
  expect(await missingForPage('no-such-browser')).toBe('the program no-such-browser');
  expect(await missingForPage('node')).toBeNull();
});
