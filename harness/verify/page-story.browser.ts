import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectRoot } from '../trace/source-location.ts';
import { openBrowser, openWindow, servePage } from './fixtures/open-page.ts';
import type { ServedFolder } from './fixtures/open-page.ts';

const answer = path.join('03-three-fetches', 'three-fetches.ts');
const browser = await openBrowser();
/** Where pictures go, for somebody to look at; unset, none are taken. */
const pictures = process.env['KATA_SCREENSHOTS'];

let served: ServedFolder;

beforeAll(async () => {
  served = await servePage();
});

afterAll(async () => {
  await browser.close();
  await served[Symbol.asyncDispose]();
});

test('the whole story: red, the right answer saved, green, the timelines, compare, reset', async () => {
  await using window = await openWindow(browser, served.url, {
    viewport: { width: 1440, height: 900 },
  });
  const page = await window.newPage();
  const file = path.join(served.folder, answer);
  const starter = readFileSync(file, 'utf8');

  await page.goto(served.url);
  await page.getByRole('link', { name: 'Three fetches' }).first().click();
  await page.getByText('4 of 8 green').waitFor();
  await expectText(page, '#part-first-red', 'they ran one after another');
  await expectText(page, '#part-answer', '// TODO: three fetches');
  await picture(page, 'red');

  await page.getByRole('button', { name: 'Compare with the solution' }).click();
  await page.getByText('is not green yet. See the solution now?').waitFor();
  await page.getByRole('button', { name: 'Not yet' }).click();
  await page.getByRole('button', { name: 'A hint (1 of 3)' }).click();
  await page.getByRole('heading', { name: '1. Look at the timeline' }).waitFor();

  copyFileSync(path.join(projectRoot, 'solutions', answer), file);
  await page.getByText('All 8 green').waitFor();
  await expectText(page, '#part-answer', 'Promise.all');
  expect(await page.locator('#part-timeline svg').count()).toBe(2);
  await expectText(page, '#part-timeline .lane:nth-child(1)', '3000 ms, virtual time');
  await expectText(page, '#part-timeline .lane:nth-child(2)', '1000 ms, virtual time');
  await expectText(page, '#part-progress', '1 of');
  await picture(page, 'green');

  await page.getByRole('button', { name: 'Compare with the solution' }).click();
  await expectText(page, '#part-solution', 'There is no difference.');
  await page.getByRole('button', { name: 'Put the starter back' }).click();
  await page.getByText('Your version is kept in .kata/kept/03-three-fetches/1.').waitFor();
  await page.getByText('4 of 8 green').waitFor();
  expect(readFileSync(file, 'utf8')).toBe(starter);
  await page.getByRole('button', { name: 'Bring my last version back' }).click();
  await page.getByText('All 8 green').waitFor();

  expect({ asked: window.asked, errors: window.errors }).toEqual({ asked: [], errors: [] });
});

test.each([
  ['light', 1440],
  ['dark', 1440],
  ['light', 360],
  ['dark', 360],
] as const)('meets WCAG AA, %s, %d px wide, and nothing is cut off', async (colorScheme, width) => {
  await using window = await openWindow(browser, served.url, {
    colorScheme,
    viewport: { width, height: 900 },
  });
  const page = await window.newPage();

  await page.goto(served.url);
  const list = await violations(page);
  await picture(page, `list-${colorScheme}-${width}`);
  await page.goto(`${served.url}/katas/01-blocking-or-suspending`);
  await page.locator('.verdict.fail').waitFor();
  const oneMore = page.locator('#part-hints button');
  if ((await oneMore.count()) > 0) await oneMore.click();
  await page.locator('.hint').first().waitFor();
  await page.locator('#part-tests summary').first().click();
  await page.getByRole('button', { name: 'Compare with the solution' }).click();
  await page.getByRole('button', { name: 'Yes, show it' }).click();
  await page.locator('.comparison').waitFor();
  await page.getByRole('button', { name: 'Put the starter back' }).click();
  await page.getByText('Nothing was changed.').waitFor();
  await page.evaluate('scrollTo(0, 0)');
  await picture(page, `kata-${colorScheme}-${width}`);
  const kata = await violations(page);

  expect({ list, kata }).toEqual({ list: [], kata: [] });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
});

test('works without a mouse', async () => {
  await using window = await openWindow(browser, served.url, {});
  const page = await window.newPage();
  await page.goto(`${served.url}/katas/02-loop-order`);
  await page.locator('.verdict:not(.judging)').waitFor();

  await page.keyboard.press('Tab');
  expect(await focused(page)).toBe('Skip to the content');
  await tabTo(page, 'A hint (1 of 3)');
  await page.keyboard.press('Enter');

  await page.locator('.hint').waitFor();
  expect(await focused(page)).toMatch(/^1\. /);
  await tabTo(page, 'One more (2 of 3)');
});

test.each([
  [1440, '04-calling-is-starting'],
  [360, '05-event-loop'],
])('nothing jumps while the verdict comes in, %d px wide', async (width, kata) => {
  await using window = await openWindow(browser, served.url, {
    viewport: { width, height: 900 },
  });
  const page = await window.newPage();
  await page.addInitScript(`
    globalThis.shifted = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) globalThis.shifted += entry.value;
    }).observe({ type: 'layout-shift', buffered: true });
  `);

  await page.goto(`${served.url}/katas/${kata}`);
  await page.locator('.verdict.fail').waitFor();
  await page.evaluate(
    'new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))',
  );

  const shifted = Number(await page.evaluate('shifted'));
  const drawnMs = await page.evaluate(
    "performance.getEntriesByName('first-contentful-paint')[0].startTime",
  );
  console.log(`first drawn after ${String(drawnMs)} ms; layout shift ${shifted}`);
  // What the Web Vitals call good is 0.1.
  expect(shifted).toBeLessThan(0.02);
  // And one that there is would be seen.
  await page.evaluate(
    "document.querySelector('main').before(...document.querySelectorAll('.card'))",
  );
  await page.waitForFunction(() => (globalThis as { shifted?: number }).shifted! > 0.02);
});

test('a server that was killed is told, and the file is as it was saved', async () => {
  await using killed = await servePage();
  await using window = await openWindow(browser, killed.url, {});
  const page = await window.newPage();
  const file = path.join(killed.folder, answer);
  await page.goto(`${killed.url}/katas/03-three-fetches`);
  await page.locator('.verdict').waitFor();

  writeFileSync(file, '// mine\n');
  await killed.kill();

  await page.getByRole('alert').getByText('server has ended').waitFor();
  expect(readFileSync(file, 'utf8')).toBe('// mine\n');
});

async function violations(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
}

async function expectText(page: Page, selector: string, text: string): Promise<void> {
  await page.locator(selector).filter({ hasText: text }).first().waitFor();
}

async function focused(page: Page): Promise<string> {
  return String(await page.evaluate('document.activeElement.textContent.trim()'));
}

async function tabTo(page: Page, text: string): Promise<void> {
  for (let presses = 0; presses < 200; presses += 1) {
    if ((await focused(page)) === text) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Expected the key Tab to reach "${text}".`);
}

async function picture(page: Page, name: string): Promise<void> {
  if (pictures === undefined) return;
  await page.screenshot({ path: path.join(pictures, `${name}.png`) });
  await page.screenshot({ path: path.join(pictures, `${name}-full.png`), fullPage: true });
}
