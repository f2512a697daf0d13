import { expect, test } from 'vitest';
import { benchDemo } from './bench-demo.ts';
import { endpoints } from './endpoints.ts';
import { DemoError, startDemo } from './start-demo.ts';

test('the landing page lists what is served, and everything listed is served', async () => {
  await using demo = await startDemo({});

  const page = await (await fetch(demo.url)).text();
  const statuses = await Promise.all(
    endpoints.map(async ({ path }) => (await fetch(demo.url + path)).status),
  );

  for (const { path } of endpoints) expect(page).toContain(`data-path="${path}"`);
  expect(statuses).toEqual(endpoints.map(() => 200));
});

test('the page asks nobody but its own server', async () => {
  await using demo = await startDemo({});

  const response = await fetch(demo.url);

  expect(response.headers.get('content-security-policy')).toContain("default-src 'self'");
  expect(await response.text()).not.toMatch(/(?:src|href)="https?:/);
});

test('a stall of the loop is told, and told once', async () => {
  await using demo = await startDemo({});
  await demo.takeLongestStall();

  await fetch(`${demo.url}/test/sync`);

  // It blocks for 100 ms; noise only adds.
  expect(await demo.takeLongestStall()).toBeGreaterThan(80);
  await using stream = await openStalls(demo.url);
  expect(await stream.next()).toMatch(/^data: \d+\n\n/);
});

test('the way that blocks takes the sum of all waits, beside one that does not', async () => {
  await using demo = await startDemo({});

  const figures = await benchDemo({
    url: demo.url,
    requests: 10,
    concurrency: 10,
    takeLongestStall: () => demo.takeLongestStall(),
  });

  const [sync, asynchronous] = figures;
  expect(figures.map(({ statuses }) => statuses)).toEqual(figures.map(() => ({ 200: 10 })));
  // Ten times 100 ms, one after another, is the least that it can take.
  expect(sync!.totalMs).toBeGreaterThan(990);
  expect(sync!.longestStallMs).toBeGreaterThan(80);
  expect(asynchronous!.totalMs).toBeGreaterThan(99);
  expect(sync!.healthzMs).not.toBeNull();
});

test('several processes share one port', async () => {
  await using demo = await startDemo({ processes: 2 });

  const { status } = await fetch(`${demo.url}/healthz`);

  expect(status).toBe(200);
  expect(await demo.takeLongestStall()).toBeGreaterThanOrEqual(0);
});

test('a port that is taken is told', async () => {
  await using demo = await startDemo({});
  const port = Number(new URL(demo.url).port);

  await expect(startDemo({ port })).rejects.toThrow(DemoError);
});

async function openStalls(url: string) {
  const abort = new AbortController();
  const { body } = await fetch(`${url}/demo/stalls`, { signal: abort.signal });
  const reader = body!.pipeThrough(new TextDecoderStream()).getReader();
  return {
    next: async () => (await reader.read()).value ?? '',
    [Symbol.asyncDispose]: async () => {
      abort.abort();
      await reader.closed.catch(() => {});
    },
  };
}
