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
  await using api = await startSlowApi({ routes: { '*': { delayMs: 1000 } } });

  await inVirtualTime(() => fetchAll(['/a', '/b', '/c'].map(api.url)));

  expect(api.traffic).toHaveHits(3);
  expect(api.traffic).toHavePeak(3);
});

test('ten fetches take exactly as long as the slowest one', async () => {
  const { fetchAll } = await load();
  const paths = Array.from({ length: 10 }, (_, index) => `/${index}`);
  const routes = Object.fromEntries(
    paths.map((path, index) => [path, { delayMs: 100 + index * 100 }]),
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
  await using api = await startSlowApi({ routes: { '*': { delayMs: 100 } } });
  const urls = ['/a', '/b'].map(api.url);

  const { value: first } = await inVirtualTime(() => fetchAll(urls));
  const { value: second } = await inVirtualTime(() => fetchAll(urls));

  const served = (path: string) => api.traffic.of(path).map((request) => request.body);
  for (const [index, path] of ['/a', '/b'].entries()) {
    expect(served(path)).toContain(first[index]);
    expect(served(path)).toContain(second[index]);
    expect(second[index], 'The second call must ask again').not.toBe(first[index]);
  }
});

test('rejects with the error of a failing URL, at once', async () => {
  const { fetchAll } = await load();
  const routes = {
    '/slow': { delayMs: 1000 },
    '/broken': { delayMs: 300, fail: 'destroy' },
  } as const;
  await using api = await startSlowApi({ routes });

  await inVirtualTime(async (clock) => {
    const began = clock.now;
    const error = await fetchAll(['/slow', '/broken'].map(api.url)).then(
      () => expect.fail('A URL failed, but fetchAll resolved as if nothing had happened.'),
      (reason: unknown) => reason,
    );
    expect(connectionWasLost(error), `Not the error of the connection: ${String(error)}`).toBe(
      true,
    );
    const sentence =
      'GET /broken failed at 300 ms; fetchAll should not wait for the others. It rejected at';
    expect(clock.now - began, sentence).toBe(300);
    await allAnswered();
  });
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

/** A client tells a lost connection by its own class: what they have in common is the error of the socket, or their own of that kind. */
function connectionWasLost(error: unknown): boolean {
  const codes = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (codes.has((cause as NodeJS.ErrnoException).code ?? '')) return true;
  }
  return false;
}
