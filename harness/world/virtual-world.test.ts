// The world under a virtual clock, which rules its delays.
import { fetch as undiciFetch, request } from 'undici';
import { expect, test } from 'vitest';
import { installTrampolines, inVirtualTime } from '../clock/index.ts';
import { currentTrace } from '../trace/trace.ts';
import { startMockSlowApi } from './start-mock-slow-api.ts';
import { startSlowApi } from './slow-api.ts';
import { until } from './until.ts';
import { gate } from './gate.ts';

installTrampolines();

const clients: Record<string, (url: string) => Promise<string>> = {
  'the global fetch': async (url) => (await fetch(url)).text(),
  'undici fetch': async (url) => (await undiciFetch(url)).text(),
  'undici request': async (url) => (await request(url)).body.text(),
};

test.each(Object.entries(clients))('a slow API is exact for %s', async (_, get) => {
  await using api = await startSlowApi({
    routes: { '/a': { delayMs: 1000 }, '/b': { delayMs: 300 } },
  });
  const urls = ['/a', '/b'].map(api.url);
  const together = await inVirtualTime(() => Promise.all(urls.map(get)));
  const { requests } = api.traffic;

  expect(together).toMatchObject({ virtualMs: 1000, leftBehind: [] });
  expect(together.value).toEqual(['/a', '/b'].map(api.bodyOf));
  const times = requests.map(({ path, startedAt, endedAt }) => [path, [startedAt, endedAt]]);
  expect(Object.fromEntries(times)).toEqual({ '/a': [0, 1000], '/b': [0, 300] });
  expect(api.traffic.peak).toBe(2);
  expect(currentTrace().spans.filter(({ kind }) => kind === 'request')).toHaveLength(2);
});

test.each(Object.entries(clients))('a slow API without sockets is exact for %s', async (_, get) => {
  await using api = await startMockSlowApi({ routes: { '/a': { delayMs: 1000 } } });
  const oneByOne = await inVirtualTime(async () => [
    await get(api.url('/a')),
    await get(api.url('/a')),
  ]);

  expect(oneByOne.virtualMs).toBe(2000);
  expect(api.traffic).toMatchObject({ peak: 1, hits: 2, inFlight: 0 });
});

test('slow bodies, held routes and late comers take their virtual time', async () => {
  await using api = await startSlowApi({
    routes: {
      '/slow': { delayMs: 200, bodyDelayMs: 500 },
      '/held': { together: 2, delayMs: 9000 },
    },
  });
  const get = clients['undici request']!;

  expect(await inVirtualTime(() => get(api.url('/slow')))).toMatchObject({ virtualMs: 700 });
  expect(await inVirtualTime(() => get(api.url('/held')))).toMatchObject({ virtualMs: 9000 });
  expect(await inVirtualTime(() => get(api.url('/held')))).toMatchObject({ virtualMs: 0 });
});

test('a route that serves one by one makes the others wait, and passes over who has left', async () => {
  await using api = await startSlowApi({ routes: { '/a': { delayMs: 100, oneByOne: true } } });
  const get = clients['undici request']!;
  const leave = (): Promise<unknown> =>
    request(api.url('/a'), { signal: AbortSignal.timeout(50) }).catch(() => {});

  const run = await inVirtualTime(async () => {
    const first = get(api.url('/a'));
    await until(() => api.traffic.hits === 1, 'the first request');
    return Promise.all([first, leave(), get(api.url('/a')), get(api.url('/a'))]);
  });

  const ends = api.traffic.requests.map(({ endedAt }) => endedAt ?? 0);
  expect(ends.toSorted((a, b) => a - b)).toEqual([50, 100, 200, 300]);
  expect(run.virtualMs).toBe(300);
  expect(api.traffic.peak).toBe(4);
});

test('waiting for a condition does not move virtual time', async () => {
  const door = gate();
  const { virtualMs } = await inVirtualTime(async () => {
    const waiting = Promise.all([door.wait(), door.wait()]);
    await until(() => door.waiting === 2, 'two at the door');
    door.open();
    await waiting;
  });

  expect(virtualMs).toBe(0);
});
