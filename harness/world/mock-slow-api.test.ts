import { fetch as undiciFetch, getGlobalDispatcher, request } from 'undici';
import { expect, test } from 'vitest';
import { startMockSlowApi } from './start-mock-slow-api.ts';
import { turns } from './turns.ts';

test('both kinds of fetch and request are served, each a body of its own', async () => {
  await using api = await startMockSlowApi({
    routes: { '/a': { headers: { 'x-page': '1' } }, '/b': [{ status: 500 }, { status: 204 }] },
  });
  const first = await fetch(api.url('/a'));
  expect(await first.text()).toBe(api.bodyOf('/a'));
  expect(first.headers.get('x-page')).toBe('1');
  const second = await undiciFetch(api.url('/a?x=1'));
  expect(await second.text()).toBe(api.bodyOf('/a'));
  expect((await request(api.url('/b'))).statusCode).toBe(500);
  expect((await request(api.url('/b'))).statusCode).toBe(204);

  const bodies = api.traffic.of('/a').map(({ body }) => body);
  expect(new Set(bodies).size).toBe(2);
  expect(api.traffic).toMatchObject({ hits: 4, peak: 1, inFlight: 0 });
});

test('gated requests are counted at once and held', async () => {
  await using api = await startMockSlowApi({ routes: { '/a': { gate: true } } });
  const asking = [1, 2, 3].map(() => request(api.url('/a')));
  await api.traffic.reached(3);
  expect(api.waiting('/a')).toBe(3);
  api.open('/a');
  await Promise.all(asking);

  expect(api.traffic.requests.map(({ outcome }) => outcome)).toEqual(['done', 'done', 'done']);
});

test.each(['fetch', 'undici fetch'])('an abort of %s is seen and leaves no timer', async (name) => {
  await using api = await startMockSlowApi({ routes: { '/a': { delayMs: 600_000 } } });
  const controller = new AbortController();
  const get = name === 'fetch' ? fetch : undiciFetch;
  const asking = get(api.url('/a'), { signal: controller.signal });
  await api.traffic.reached(1);
  // A fetch hears of an abort only once its request was sent on.
  await turns(1);
  controller.abort(new Error('enough'));

  await expect(asking).rejects.toThrow('enough');
  expect(api.traffic.requests).toMatchObject([{ outcome: 'aborted' }]);
  await turns(1);
  expect(api.waiting('/a')).toBe(0);
});

test('a failing route is an error of the connection', async () => {
  await using api = await startMockSlowApi({ routes: { '/bad': { fail: 'destroy' } } });

  await expect(request(api.url('/bad'))).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
  await expect(fetch(api.url('/bad'))).rejects.toMatchObject({ cause: { code: 'UND_ERR_SOCKET' } });
  expect(api.traffic.requests.map(({ outcome }) => outcome)).toEqual(['failed', 'failed']);
});

test('another host cannot be reached meanwhile, and undici has its dispatcher back afterwards', async () => {
  const before = getGlobalDispatcher();
  const api = await startMockSlowApi({ routes: {} });
  await expect(request('http://127.0.0.1:9/')).rejects.toThrow(
    /net\.connect disabled|no matching/i,
  );
  await api.close();
  await api.close();

  expect(getGlobalDispatcher()).toBe(before);
});

test('routes that need a socket are refused, and nothing is replaced', async () => {
  const before = getGlobalDispatcher();
  const starting = startMockSlowApi({ routes: { '/a': { fail: 'stall' } } });

  await expect(starting).rejects.toThrow('Use `startSlowApi`');
  expect(getGlobalDispatcher()).toBe(before);
});
