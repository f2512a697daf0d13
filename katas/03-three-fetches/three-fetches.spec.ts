import { expect, inVirtualTime, kata, random, startSlowApi, test } from '#harness';

const load = kata(() => import('./three-fetches.ts'));

test('three fetches finish in under 1.2s', async () => {
  const { fetchAll } = await load();
  await using api = await startSlowApi({ routes: { '*': { delayMs: 1000 } } });

  const run = await inVirtualTime(() => fetchAll(['/a', '/b', '/c'].map(api.url)));

  expect(run).toTakeVirtuallyUnder(1200);
  expect(
    run.virtualMs,
    'fetchAll was done before the first server could answer. Is an `await` or a `return` missing? It took',
  ).toBeGreaterThanOrEqual(1000);
});

test('sends each request once, and all three before the first answer', async () => {
  const { fetchAll } = await load();
  const paths = ['/silver', '/Gold%20bar?day=1', '/Gold%20bar?day=1&day=2'];
  await using api = await startSlowApi({ routes: { '*': { delayMs: 1000 } } });

  await inVirtualTime(() => fetchAll(paths.map(api.url)));

  expect(api.traffic).toHaveHits(3);
  expect(api.traffic).toHavePeak(3);
  const methods = api.traffic.requests.map((request) => request.method);
  expect(methods, 'The methods of the three requests').toEqual(['GET', 'GET', 'GET']);
  const asked = new Set(api.traffic.requests.map((request) => request.path));
  const never = paths.filter((path) => !asked.has(path));
  expect(never, 'Addresses that no request asked for, just as they stand in the list').toEqual([]);
});

test('eleven fetches take exactly as long as the slowest one', async () => {
  const { fetchAll } = await load();
  // A limit of ten connections shows with the eleventh address only. Who looks every few milliseconds whether all is there, sees 1009 too late.
  const paths = Array.from({ length: 11 }, (_, index) => `/${index}`);
  const routes = Object.fromEntries(
    paths.map((path, index) => [path, { delayMs: 509 + index * 50 }]),
  );
  await using api = await startSlowApi({ routes });

  const run = await inVirtualTime(() => fetchAll(paths.map(api.url)));

  expect(run).toTakeVirtually(1009);
  expect(run.value).toEqual(paths.map(api.bodyOf));
  const sentAt = paths.map((path) => api.traffic.of(path)[0]?.startedAt);
  expect(sentAt, 'The milliseconds at which the eleven requests were sent').toEqual(
    paths.map(() => 0),
  );
});

test('returns the bodies in the order of the URLs, whichever comes first', async () => {
  const { fetchAll } = await load();
  const routes = {
    // As slow as a server may be.
    '/slow': { delayMs: 4900 },
    '/quick': { delayMs: 100 },
    '/middle': { delayMs: 500 },
  };
  await using here = await startSlowApi({ routes });
  // Without a seed of its own it would send the same bodies.
  await using there = await startSlowApi({ routes, seed: random().int(0, 1_000_000) });
  const asked = Object.keys(routes).flatMap((path) => [
    { api: here, path, name: `here${path}` },
    { api: there, path, name: `there${path}` },
  ]);

  const run = await inVirtualTime(() => fetchAll(asked.map(({ api, path }) => api.url(path))));

  const cameFrom = (body: string) =>
    asked.find(({ api, path }) => api.traffic.of(path).some((request) => request.body === body))
      ?.name ?? 'neither of them';
  const sentence =
    'The bodies came from these URLs of the servers "here" and "there", in this order';
  expect(Array.from(run.value, cameFrom), sentence).toEqual(asked.map(({ name }) => name));
});

test('returns what the server sends, asked anew on every call', async () => {
  const { fetchAll } = await load();
  const routes = {
    '/twice': { delayMs: 100 },
    // The first half of the bytes ends amid a character.
    '/b': { delayMs: 100, body: ' Gold {nonce} €€€€€€€\r\n', bodyDelayMs: 100 },
    '/empty': { delayMs: 300, body: '' },
    // More than a stream keeps for one who does not read.
    '/long': { delayMs: 400, body: `{nonce}${' 1234 €'.repeat(10_000)}` },
  };
  await using api = await startSlowApi({ routes });
  const paths = ['/twice', '/twice', '/b', '/empty', '/long'];
  const urls = paths.map(api.url);

  const alone = await inVirtualTime(() => fetchAll(urls));
  const first = alone.value;
  expect(urls, 'The list of URLs after the call, which must leave it as it was').toEqual(
    paths.map(api.url),
  );
  const overlap = await inVirtualTime(() => Promise.all([fetchAll(urls), fetchAll(urls)]));
  const later = overlap.value;

  for (const bodies of [first, ...later]) {
    for (const [index, path] of paths.entries()) {
      const served = api.traffic.of(path).map((request) => request.body);
      if (served.includes(bodies[index]!)) continue;
      const sent = served.map(brief).join(' or ');
      expect.fail(
        `fetchAll returned ${brief(bodies[index])} for GET ${path}. The server sent ${sent}.`,
      );
    }
    const sentence =
      'One address stood twice in the list. Each place must get the body of a request of its own. Both got';
    expect(bodies[1], sentence).not.toBe(bodies[0]);
  }
  const [second, third] = later;
  for (const index of [0, 2]) {
    expect(second[index], 'The second call must ask again').not.toBe(first[index]);
    const sentence = 'Two calls ran at once. Each must ask for itself. Both returned';
    expect(third[index], sentence).not.toBe(second[index]);
  }
  expect(
    overlap.virtualMs,
    `One call alone took ${alone.virtualMs} ms. Two at once should take no longer: neither waits for the other. They took`,
  ).toBeLessThanOrEqual(alone.virtualMs);
});

test('rejects with the error of a failing URL, at once', async () => {
  const { fetchAll } = await load();
  const routes = {
    '/slow': { delayMs: 1000 },
    '/broken': { delayMs: 307, fail: 'destroy' },
    '/cut-amid-the-body': { delayMs: 307, fail: 'cut' },
  } as const;
  await using api = await startSlowApi({ routes });

  // An address that failed once is asked again in the next call.
  for (const path of ['/broken', '/cut-amid-the-body', '/broken']) {
    await inVirtualTime(async (clock) => {
      let beside: unknown = 'nothing';
      const tell = (end: unknown): unknown => (beside = end);
      fetchAll([api.url('/slow')]).then(tell, tell);
      const asked = api.traffic.of(path).length;

      const error = await fetchAll(['/slow', path].map(api.url)).then(
        () => expect.fail(`GET ${path} failed, but fetchAll resolved as if nothing had happened.`),
        (reason: unknown) => reason,
      );
      const rejectedAt = clock.now;
      if (rejectedAt < 307) {
        expect.fail(
          `fetchAll rejected at ${rejectedAt} ms: ${String(error)}. No connection of this call broke before 307 ms.`,
        );
      }
      const sentence = `GET ${path} failed. Not the error of the connection: ${String(error)}`;
      expect(connectionWasLost(error), sentence).toBe(true);
      if (rejectedAt > 1000) {
        expect.fail(
          `GET ${path} failed at 307 ms, and the other request had ended at 1000 ms. fetchAll rejected at ${rejectedAt} ms: nothing was left to wait for.`,
        );
      }
      await allAnswered();

      expect(
        api.traffic.of(path).length - asked,
        `GET ${path} failed. Each address is asked once in a call; requests for this one`,
      ).toBe(1);
      const began = clock.now;
      const failedAt = await fetchAll([api.url(path)]).then(
        () => expect.fail(`GET ${path} failed, but fetchAll resolved as if nothing had happened.`),
        () => clock.now - began,
      );
      const alone = `GET ${path} was the only request, and failed at 307 ms. Then fetchAll rejects at once. It rejected at`;
      expect(failedAt, alone).toBe(307);
      const served = api.traffic.of('/slow').map((request) => JSON.stringify([request.body]));
      if (!served.includes(JSON.stringify(beside))) {
        expect.fail(
          `GET ${path} failed in one call of fetchAll. Another call at the same time asked for /slow only, where nothing failed. It should have resolved with one body; it ended with ${shown(beside)}.`,
        );
      }
    });
  }
});

test('leaves no rejection unhandled when several URLs fail', async () => {
  const { fetchAll } = await load();
  const routes = {
    '/slow': { delayMs: 1000 },
    '/broken': { delayMs: 300, fail: 'destroy' },
    '/broken-too': { delayMs: 600, fail: 'destroy' },
    '/cut-amid-the-body': { delayMs: 900, fail: 'cut' },
  } as const;
  await using api = await startSlowApi({ routes });

  await inVirtualTime(async () => {
    await fetchAll(Object.keys(routes).map(api.url)).catch(() => {});
    await allAnswered();
  });
});

test('returns an empty list when there is no URL', async () => {
  const { fetchAll } = await load();

  const { value } = await inVirtualTime(() => fetchAll([]));

  expect(value).toEqual([]);
});

/** The other requests go on after `fetchAll` has rejected: their answers and failures still come. */
function allAnswered(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 2000);
  });
}

/** The two ends of a long text are enough to know it by. */
function brief(text: unknown): string {
  if (typeof text !== 'string' || text.length <= 60) return JSON.stringify(text) ?? 'undefined';
  const [start, end] = [text.slice(0, 20), text.slice(-20)].map((part) => JSON.stringify(part));
  return `${start} … ${end} (${text.length} characters)`;
}

/** How a call of `fetchAll` ended, in a few words. */
function shown(end: unknown): string {
  return Array.isArray(end) ? JSON.stringify(end) : String(end);
}

/**
 * A client tells a lost connection by its own class: what they have in common is the error of the socket, or their own of that kind. Amid
 * a body, some tell that its stream ended too early or that the body is too short.
 */
const lostConnection: ReadonlySet<string | undefined> = new Set([
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'ERR_STREAM_PREMATURE_CLOSE',
]);

function connectionWasLost(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (lostConnection.has((cause as NodeJS.ErrnoException).code)) return true;
  }
  return false;
}
