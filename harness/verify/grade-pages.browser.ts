import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exportReport } from '../classroom/exports/export-report.ts';
import { sampleReport } from '../classroom/exports/fixtures/sample-report.ts';
import { openBrowser } from './fixtures/open-page.ts';

const files = exportReport(sampleReport(), 'html');
const browser = await openBrowser();
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'class-report-'));
  mkdirSync(path.join(folder, 'students'));
  for (const { name, text } of files) writeFileSync(path.join(folder, name), text);
});

afterAll(async () => {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 360]) {
    test(`the pages can be read at ${width} px, ${colorScheme}`, async () => {
      const view = await browser.newContext({ viewport: { width, height: 800 }, colorScheme });

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
    });
  }
}

test('the keyboard leads from a red mark to its reasons', async () => {
  const view = await browser.newContext();
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
