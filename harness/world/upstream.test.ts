import { execFileSync } from 'node:child_process';
import { request } from 'undici';
import { expect, test } from 'vitest';
import { startTrace } from '../trace/trace.ts';
import { startUpstream } from './upstream.ts';

const text = async (url: string): Promise<string> => (await request(url)).body.text();

test('it answers while this thread is blocked, and tells afterwards what it saw', async () => {
  await using upstream = await startUpstream({ routes: { '/a': { delayMs: 5 } } });
  const script = `fetch(${JSON.stringify(upstream.url('/a'))}).then((r) => r.text()).then(console.log)`;
  const body = execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' });
  const traffic = await upstream.traffic();

  expect(traffic).toMatchObject({ hits: 1, peak: 1, requests: [{ path: '/a', outcome: 'done' }] });
  expect(traffic.requests[0]?.body).toBe(body.trim());
});

test('requests that overlap reach their peak, without a clock', async () => {
  await using upstream = await startUpstream({
    routes: { '/a': { together: 20, delayMs: 600_000 } },
  });
  await Promise.all(Array.from({ length: 40 }, () => text(upstream.url('/a'))));

  const { peak, hits, inFlight, connections } = await upstream.traffic();
  expect(peak).toBeGreaterThanOrEqual(20);
  expect([hits, inFlight]).toEqual([40, 0]);
  expect(connections.opened).toBeGreaterThanOrEqual(20);
});

test('a gate is opened by message', async () => {
  await using upstream = await startUpstream({ routes: { '/a': { gate: true } } });
  const asking = text(upstream.url('/a'));
  await upstream.reached(1);
  expect(await upstream.traffic()).toMatchObject({ inFlight: 1 });
  await upstream.open('/a');

  await asking;
  expect(await upstream.traffic()).toMatchObject({ inFlight: 0 });
});

test('its requests lie on the timeline of this thread', async () => {
  const trace = startTrace();
  const upstream = await startUpstream({ routes: { '/a': {} } });
  const before = trace.now();
  await text(upstream.url('/a'));
  const after = trace.now();
  await upstream.close();

  const [span] = trace.spans;
  expect(span).toMatchObject({ label: 'GET /a', outcome: 'done' });
  expect(span!.start).toBeGreaterThan(before - 1);
  expect(span!.end).toBeLessThan(after + 1);
});

test('closing breaks off what is in flight; then it answers no more', async () => {
  const upstream = await startUpstream({ routes: { '/a': { gate: true } } });
  const asking = text(upstream.url('/a'));
  await upstream.reached(1);
  await Promise.all([
    expect(asking).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' }),
    upstream.close(),
  ]);
  await upstream.close();

  await expect(upstream.traffic()).rejects.toThrow("The upstream's thread ended");
});

test('a route that makes no sense is refused as in this thread', async () => {
  const starting = startUpstream({ routes: { '/a': { delayMs: -1 } } });

  await expect(starting).rejects.toThrow('Expected `delayMs` of /a to be zero or more');
});
