import { expect, inVirtualTime, kata, startSlowApi, test } from '#harness';

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
  const paths = ['/silver', '/gold?day=1', '/gold?day=2'];
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
  // A limit of ten connections shows with the eleventh address only.
  const paths = Array.from({ length: 11 }, (_, index) => `/${index}`);
  const routes = Object.fromEntries(
    paths.map((path, index) => [path, { delayMs: 500 + index * 50 }]),
  );
  await using api = await startSlowApi({ routes });

  const run = await inVirtualTime(() => fetchAll(paths.map(api.url)));

  expect(run).toTakeVirtually(1000);
  expect(run.value).toEqual(paths.map(api.bodyOf));
});

test('returns the bodies in the order of the URLs, whichever comes first', async () => {
  const { fetchAll } = await load();
  const routes = {
    '/slow': { delayMs: 900 },
    '/quick': { delayMs: 100 },
    '/middle': { delayMs: 500 },
  };
  await using api = await startSlowApi({ routes });

  const { value } = await inVirtualTime(() => fetchAll(Object.keys(routes).map(api.url)));

  const paths = Object.keys(routes);
  const answered = Array.from(
    value,
    (body) => paths.find((path) => api.bodyOf(path) === body) ?? `none of them: ${body}`,
  );
  expect(answered, 'The bodies came from these URLs, in this order').toEqual(paths);
});

test('returns what the server sends, asked anew on every call', async () => {
  const { fetchAll } = await load();
  const routes = {
    '/a': { delayMs: 100 },
    // The first half of the bytes ends amid a character.
    '/b': { delayMs: 100, body: ' Gold {nonce} €€€€€€€\n', bodyDelayMs: 100 },
    '/empty': { delayMs: 300, body: '' },
  };
  await using api = await startSlowApi({ routes });
  const paths = ['/a', '/a', '/b', '/empty'];
  const urls = paths.map(api.url);

  const { value: first } = await inVirtualTime(() => fetchAll(urls));
  expect(urls, 'The list of URLs after the call, which must leave it as it was').toEqual(
    paths.map(api.url),
  );
  const { value: later } = await inVirtualTime(() => Promise.all([fetchAll(urls), fetchAll(urls)]));

  for (const bodies of [first, ...later]) {
    for (const [index, path] of paths.entries()) {
      const served = api.traffic.of(path).map((request) => request.body);
      const received = JSON.stringify(bodies[index]);
      expect(served, `The server never sent ${received} for GET ${path}`).toContain(bodies[index]);
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
});

test('rejects with the error of a failing URL, at once', async () => {
  const { fetchAll } = await load();
  const routes = {
    '/slow': { delayMs: 1000 },
    '/broken': { delayMs: 300, fail: 'destroy' },
    '/cut-amid-the-body': { delayMs: 300, fail: 'cut' },
  } as const;
  await using api = await startSlowApi({ routes });

  for (const path of ['/broken', '/cut-amid-the-body']) {
    await inVirtualTime(async (clock) => {
      const error = await fetchAll(['/slow', path].map(api.url)).then(
        () => expect.fail(`GET ${path} failed, but fetchAll resolved as if nothing had happened.`),
        (reason: unknown) => reason,
      );
      const sentence = `GET ${path} failed. Not the error of the connection: ${String(error)}`;
      expect(connectionWasLost(error), sentence).toBe(true);
      expect(
        clock.now,
        `GET ${path} failed at 300 ms; fetchAll should not wait for the others. It rejected at`,
      ).toBe(300);
      await allAnswered();
    });
  }
});

test('leaves no rejection unhandled when several URLs fail', async () => {
  const { fetchAll } = await load();
  const routes = {
    '/slow': { delayMs: 1000 },
    '/broken': { delayMs: 300, fail: 'destroy' },
    '/broken-too': { delayMs: 600, fail: 'destroy' },
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
