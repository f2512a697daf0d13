import { connect } from 'node:net';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { Client, request } from 'undici';
import { startSlowApi } from './slow-api.ts';
import { until } from './until.ts';

const text = async (url: string): Promise<string> => (await request(url)).body.text();

test('every request is served a body of its own', async () => {
  await using api = await startSlowApi({ routes: { '/a': {}, '/b': { body: 'x {nonce}' } } });
  const [first, second] = [await text(api.url('/a')), await text(api.url('/a'))];

  expect(second).toBe(api.bodyOf('/a'));
  expect(first).not.toBe(second);
  expect(await text(api.url('/b?page=2'))).toMatch(/^x [0-9a-f]{8}$/);
  expect(api.traffic.requests.map(({ path, outcome }) => [path, outcome])).toEqual([
    ['/a', 'done'],
    ['/a', 'done'],
    ['/b?page=2', 'done'],
  ]);
});

test('the same seed serves the same bodies', async () => {
  const options = { routes: { '/a': {} }, seed: 5 };
  await using one = await startSlowApi(options);
  await using other = await startSlowApi(options);

  expect(await text(one.url('/a'))).toBe(await text(other.url('/a')));
});

test('a delay passes before the answer, and requests overlap', async () => {
  await using api = await startSlowApi({ routes: { '/a': { delayMs: 30 } } });
  await Promise.all([text(api.url('/a')), text(api.url('/a'))]);

  expect(api.traffic.requests).toHaveLength(2);
  for (const { startedAt, endedAt } of api.traffic.requests) {
    expect(endedAt! - startedAt).toBeGreaterThanOrEqual(28);
  }
});

test('requests one after another on a kept-alive connection are never counted as two at once', async () => {
  await using api = await startSlowApi({ routes: { '*': {} } });
  for (let index = 0; index < 200; index += 1) await text(api.url(`/${index}`));

  expect(api.traffic).toMatchObject({ hits: 200, peak: 1, inFlight: 0 });
});

test('statuses, headers and lists are served as they are written', async () => {
  await using api = await startSlowApi({
    routes: { '/a': [{ status: 503, headers: { 'retry-after': '1' } }, { status: 204 }] },
  });
  const busy = await request(api.url('/a'));
  const empty = await request(api.url('/a'));
  const missing = await request(api.url('/nowhere'));

  expect([busy.statusCode, busy.headers['retry-after']]).toEqual([503, '1']);
  expect([empty.statusCode, await empty.body.text()]).toEqual([204, '']);
  expect(missing.statusCode).toBe(404);
  await Promise.all([busy.body.dump(), missing.body.dump()]);
});

test('a destroyed socket and a cut body are errors for the client, and failed requests', async () => {
  const body = 'two halves';
  await using api = await startSlowApi({
    routes: { '/bad': { fail: 'destroy' }, '/cut': { fail: 'cut', body } },
  });

  await expect(text(api.url('/bad'))).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
  const cut = await request(api.url('/cut'));
  expect(cut.statusCode).toBe(200);
  await expect(cut.body.text()).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
  expect(api.traffic.requests.map(({ outcome }) => outcome)).toEqual(['failed', 'failed']);
});

test('a client that leaves amid a stalled body is seen to leave', async () => {
  await using api = await startSlowApi({ routes: { '/a': { fail: 'stall', body: 'two halves' } } });
  const controller = new AbortController();
  const answer = await request(api.url('/a'), { signal: controller.signal });
  const reading = answer.body.text();
  controller.abort(new Error('enough'));

  await expect(reading).rejects.toThrow('enough');
  await until(() => api.traffic.inFlight === 0, 'the connection to close');
  expect(api.traffic.requests).toMatchObject([{ outcome: 'aborted' }]);
});

test('a client that leaves before the answer leaves no timer of the server', async () => {
  await using api = await startSlowApi({ routes: { '/a': { delayMs: 600_000 } } });
  const controller = new AbortController();
  const before = activeTimers();
  const asking = request(api.url('/a'), { signal: controller.signal });
  await api.traffic.reached(1);
  controller.abort(new Error('enough'));

  await expect(asking).rejects.toThrow('enough');
  await until(() => api.traffic.requests[0]?.outcome === 'aborted', 'the connection to close');
  await until(() => activeTimers() <= before, 'the timer to be cleared');
});

test('a large body that is not read is not answered', async () => {
  const body = 'x'.repeat(64 * 1024 * 1024);
  await using api = await startSlowApi({ routes: { '/a': { body } } });
  const answer = await request(api.url('/a'));
  expect(api.traffic.requests).toMatchObject([{ outcome: 'open' }]);

  expect((await answer.body.arrayBuffer()).byteLength).toBe(body.length);
  expect(api.traffic.requests).toMatchObject([{ outcome: 'done' }]);
});

test('a body in two halves arrives whole', async () => {
  await using api = await startSlowApi({ routes: { '/a': { body: 'halves', bodyDelayMs: 5 } } });

  expect(await text(api.url('/a'))).toBe('halves');
});

test('an echo answers with the body of the request', async () => {
  await using api = await startSlowApi({ routes: { '/a': { echo: true } } });
  const { body } = await request(api.url('/a'), { method: 'POST', body: 'hello' });

  expect(await body.text()).toBe('hello');
  expect(api.traffic.requests).toMatchObject([{ method: 'POST', outcome: 'done' }]);
});

test('gated requests are held until the gate is opened', async () => {
  await using api = await startSlowApi({ routes: { '/a': { gate: true } } });
  const asking = [text(api.url('/a')), text(api.url('/a'))];
  await api.traffic.reached(2);
  expect(api.waiting('/a')).toBe(2);
  api.open('/a');

  await Promise.all(asking);
  await text(api.url('/a'));
  expect(api.traffic).toMatchObject({ hits: 3, peak: 2 });
});

test('requests that are to come together are answered when they do', async () => {
  await using api = await startSlowApi({ routes: { '/a': { together: 3, delayMs: 600_000 } } });

  await Promise.all([1, 2, 3].map(() => text(api.url('/a'))));
  await text(api.url('/a'));
  expect(api.traffic.peak).toBe(3);
});

test('one that comes alone is answered late, and the next at once', async () => {
  await using api = await startSlowApi({ routes: { '/a': { together: 2, delayMs: 20 } } });
  await text(api.url('/a'));
  await text(api.url('/a'));

  const [alone] = api.traffic.requests;
  expect(alone!.endedAt! - alone!.startedAt).toBeGreaterThanOrEqual(18);
  expect(api.waiting('/a')).toBe(0);
});

test('closing breaks off what is in flight and what is kept alive, and may be done twice', async () => {
  const api = await startSlowApi({ routes: { '/a': { gate: true }, '/b': {} } });
  await text(api.url('/b'));
  const asking = text(api.url('/a'));
  await api.traffic.reached(1);
  await Promise.all([
    expect(asking).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' }),
    api.close(),
  ]);
  await api.close();

  expect(api.connections.open).toBe(0);
  expect(api.traffic).toMatchObject({ inFlight: 0, requests: [{}, { outcome: 'failed' }] });
  const late = connect(Number(new URL(api.origin).port), '127.0.0.1');
  const [error] = await once(late, 'error');
  expect(error).toMatchObject({ code: 'ECONNREFUSED' });
});

test('connections are counted: one that is kept alive once', async () => {
  await using api = await startSlowApi({ routes: { '/a': {} } });
  const client = new Client(api.origin);
  for (let index = 0; index < 3; index += 1) {
    const { body } = await client.request({ method: 'GET', path: '/a' });
    await body.text();
  }

  expect(api.connections).toEqual({ open: 1, opened: 1 });
  await client.close();
  await until(() => api.connections.open === 0, 'the connection to close');
});

test('a route that makes no sense is refused', async () => {
  await expect(startSlowApi({ routes: { '/a': { delayMs: NaN } } })).rejects.toThrow(RangeError);
});

function activeTimers(): number {
  return process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length;
}
