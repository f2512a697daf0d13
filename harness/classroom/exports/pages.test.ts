import { existsSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { chromium, type Browser, type BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportReport } from './export-report.ts';
import { sampleReport } from './fixtures/sample-report.ts';

const executablePath = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find(existsSync);
// Without a browser there is nothing to look at; where everything has to be checked, that is a failure.
const withoutBrowser = executablePath === undefined && process.env['CI'] !== 'true';

const files = exportReport(sampleReport(), 'html');
let folder = '';
let browser: Browser | undefined;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'class-report-'));
  mkdirSync(path.join(folder, 'students'));
  for (const { name, text } of files) writeFileSync(path.join(folder, name), text);
  if (withoutBrowser) return;
  browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
  });
});

afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the page of a student names no other student, and theirs is not named after others', () => {
  const pages = files.filter(({ name }) => name.startsWith('students/'));
  const names = ['Lovelace', 'Böhm', 'Moriarty', 'Dan', 'Zoe', 'ada', 'bob', 'calc', 'dan', 'zoe'];

  expect(pages).toHaveLength(5);
  for (const [index, { text }] of pages.entries()) {
    const body = text.slice(text.indexOf('<body>'));
    const others = names.filter((_, at) => at % 5 !== index);
    expect(others.filter((name) => new RegExp(`\\b${name}\\b`, 'u').test(body))).toEqual([]);
  }
});

test.for(files.map(({ name }) => name))('%s holds no markup of a student and no script', (name) => {
  const { text } = files.find((file) => file.name === name)!;

  expect(text).not.toMatch(/<script|<b>|javascript:|https?:\/\/(?!www\.w3\.org|example\.com)/);
  expect(text).not.toMatch(/\s(src|style|on\w+)=/);
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 360]) {
    test.skipIf(withoutBrowser)(
      `the pages can be read at ${width} px, ${colorScheme}`,
      async () => {
        const view = await browser!.newContext({ viewport: { width, height: 800 }, colorScheme });

        for (const { name } of [files[0]!, files[2]!, files[3]!]) {
          const { page, requests, complaints } = await open(view, name);
          const found = await new AxeBuilder({ page }).analyze();
          const wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');

          expect(found.violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([]);
          expect(wide).toBeLessThanOrEqual(0);
          expect(requests).toEqual([page.url()]);
          expect(complaints).toEqual([]);
        }
        await view.close();
      },
    );
  }
}

test.skipIf(withoutBrowser)('the keyboard leads from a red mark to its reasons', async () => {
  const view = await browser!.newContext();
  const { page } = await open(view, 'class.html');

  await page.locator('a[href="#s1k0"]').focus();
  await page.keyboard.press('Enter');

  await expect.poll(() => page.locator('#s1').getAttribute('open')).not.toBeNull();
  expect(await page.locator('#s1 svg').first().isVisible()).toBe(true);
  await page.locator('#s0 summary').focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => page.locator('#s0').getAttribute('open')).not.toBeNull();
  await view.close();
});

async function open(view: BrowserContext, name: string) {
  const page = await view.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(pathToFileURL(path.join(folder, name)).href);
  return { page, requests, complaints };
}
