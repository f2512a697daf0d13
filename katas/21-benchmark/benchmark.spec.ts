import { AssertionError } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect, isDeepStrictEqual } from 'node:util';
import { auditLeaks, expect, inVirtualTime, kata, random, startSlowApi, test } from '#harness';
import type { SlowRoute } from '#harness';
import type { Report } from './benchmark.ts';

// Tools decide some of this in different ways. A comment names those that were looked at:
//   autocannon  9.0: lib/run.js, lib/httpClient.js

const load = kata(() => import('./benchmark.ts'));

test('a hundred requests at once tell /test/sync from /test/async', async () => {
  const { bench } = await load();
  const unit = random().pick([10, 20, 25, 40, 50]);
  const routes = {
    '/test/sync': { delayMs: unit, oneByOne: true },
    '/test/async': { delayMs: unit },
  };
  await using api = await startSlowApi({ routes });
  const options = { requests: 100, concurrency: 100 };

  const { value } = await inVirtualTime(async () => ({
    sync: await bench(api.url('/test/sync'), options),
    async: await bench(api.url('/test/async'), options),
  }));

  const all = { errors: 0, statuses: { 200: 100 } };
  expectFigures(
    value.sync,
    {
      p50Ms: 50 * unit,
      p99Ms: 99 * unit,
      maxMs: 100 * unit,
      totalMs: 100 * unit,
      requestsPerSecond: 1000 / unit,
      ...all,
    },
    `a hundred requests at once to /test/sync, where one is served after another, each for ${unit} ms`,
  );
  expectFigures(
    value.async,
    { p50Ms: unit, p99Ms: unit, maxMs: unit, totalMs: unit, ...all },
    `a hundred requests at once to /test/async, which answers all of them after ${unit} ms`,
  );
});

test('as many requests are under way as concurrency says, never more', async () => {
  const { bench } = await load();
  const runs = [
    { requests: 3, concurrency: 10, peak: 3 },
    { requests: 20, concurrency: 7, peak: 7 },
    { requests: 120, concurrency: 120, peak: 120 },
  ];

  for (const { peak, ...options } of runs) {
    await using api = await startSlowApi({ routes: { '/': { delayMs: 100 } } });
    await inVirtualTime(() => bench(api.url('/?page=2'), options));

    const { requests, concurrency } = options;
    const asked = `With requests ${requests} and concurrency ${concurrency}`;
    expect(api.traffic, asked).toHaveHits(requests);
    expect(api.traffic, asked).toHavePeak(peak);
    const methods = new Set(api.traffic.requests.map(({ method }) => method));
    expect([...methods], 'The methods of your requests').toEqual(['GET']);
    const paths = new Set(api.traffic.requests.map(({ path }) => path));
    expect([...paths], 'What your requests asked for').toEqual(['/?page=2']);
  }
});

test('a free slot takes the next request at once', async () => {
  const { bench } = await load();
  const slowFirst = [970, ...Array.from({ length: 10 }, () => 97)];
  await using api = await startSlowApi({ routes: { '/': delays(slowFirst) } });

  const run = await inVirtualTime(() =>
    bench(api.url('/'), { requests: slowFirst.length, concurrency: 2 }),
  );

  const starts = api.traffic.requests.map(({ startedAt }) => startedAt);
  const told = 'Two slots; the first request takes 970 ms, all others 97 ms';
  expect(starts, told).toStartAt([0, 0, 97, 194, 291, 388, 485, 582, 679, 776, 873]);
  expectFigures(run.value, { totalMs: 970 }, 'a slow request beside ten quick ones');
});

test('p50 and p99 are by nearest rank', async () => {
  const { bench } = await load();

  for (const count of [1, 2, 5, 10, 60]) {
    // Distinct, with two to four digits, and in no order.
    const sorted = Array.from({ length: count }, (_, index) => 8 + 9 * index);
    const shuffled = random(random().seed + count).shuffle(sorted);
    await using api = await startSlowApi({ routes: { '/': delays(shuffled) } });
    const { value } = await inVirtualTime(() =>
      bench(api.url('/'), { requests: count, concurrency: count }),
    );

    const rank = (percent: number): number => Math.ceil((count * percent) / 100);
    expectFigures(
      value,
      { p50Ms: sorted[rank(50) - 1]!, p99Ms: sorted[rank(99) - 1]!, maxMs: sorted.at(-1)! },
      `${count} latencies of 8, 17, 26 … ms, of which number ${rank(50)} and number ${rank(99)} count`,
    );
  }

  const equals = [40, 10, 10, 30, 10, 10, 20, 10];
  await using api = await startSlowApi({ routes: { '/': delays(equals) } });
  const { value } = await inVirtualTime(() => bench(api.url('/'), { requests: 8, concurrency: 8 }));
  const p50 = 'eight latencies: 10 ms five times, then 20, 30 and 40 ms, of which number 4 counts';
  expectFigures(value, { p50Ms: 10 }, p50);
});

test('latency does not count the time before a slot was free', async () => {
  const { bench } = await load();
  await using api = await startSlowApi({ routes: { '/': { delayMs: 100 } } });

  const { value } = await inVirtualTime(() =>
    bench(api.url('/'), { requests: 20, concurrency: 4 }),
  );

  const what = '20 requests, 4 at a time, each answered after 100 ms';
  expectFigures(value, { p50Ms: 100, p99Ms: 100, maxMs: 100, totalMs: 500 }, what);

  // The latencies fall, so who does not sort them shows here as well.
  const falling = [60, 50, 40, 10];
  await using slowFirst = await startSlowApi({ routes: { '/': delays(falling) } });
  const { value: inTurn } = await inVirtualTime(() =>
    bench(slowFirst.url('/'), { requests: 4, concurrency: 1 }),
  );
  const told = 'four latencies, one after another: 60, 50, 40 and 10 ms';
  expectFigures(inTurn, { p50Ms: 40, p99Ms: 60, maxMs: 60 }, told);
});

test('latency counts up to the last byte of the body, however long it is', async () => {
  const { bench } = await load();
  const short = { delayMs: 100, bodyDelayMs: 50 };
  const long = { ...short, body: 'x'.repeat(1_000_000) };
  const late = { delayMs: 60_000, bodyDelayMs: 60_000 };
  const routes = { '/short': short, '/long': long, '/late': late };
  await using api = await startSlowApi({ routes });

  for (const [path, { delayMs, bodyDelayMs }] of Object.entries(routes)) {
    const { value } = await inVirtualTime(() =>
      bench(api.url(path), { requests: 4, concurrency: 2 }),
    );

    const ms = delayMs + bodyDelayMs;
    const what = `${path}, with headers after ${delayMs} ms and the end of the body after ${ms} ms`;
    expectFigures(value, { p50Ms: ms, errors: 0 }, what);
    const outcomes = api.traffic.of(path).map(({ outcome }) => outcome);
    const sentence = `How the requests to ${path} ended, as the server saw it`;
    expect([...new Set(outcomes)], sentence).toEqual(['done']);
    const starts = api.traffic.of(path).map(({ startedAt }) => startedAt);
    const told = `Two slots, four requests to ${what}, when a slot is free again`;
    expect(starts, told).toStartAt([0, 0, ms, ms]);
    expectFigures(value, { totalMs: 2 * ms }, `four requests, two at a time, to ${what}`);
  }
});

// Not so autocannon, which takes no latency of an answer that is not 2xx.
test('an answer counts with any status, under its status', async () => {
  const { bench } = await load();
  const routes = [
    { status: 200, delayMs: 100 },
    { status: 201, delayMs: 200 },
    { status: 204, delayMs: 300 },
    { status: 404, delayMs: 400 },
    { status: 500, delayMs: 500 },
    { status: 503, delayMs: 500 },
  ];
  await using api = await startSlowApi({ routes: { '/': routes } });
  const url = api.url('/');

  const { value } = await inVirtualTime(async () => ({
    atOnce: await bench(url, { requests: 12, concurrency: 12 }),
    oneByOne: await bench(url, { requests: 12, concurrency: 1 }),
  }));

  const statuses = { 200: 2, 201: 2, 204: 2, 404: 2, 500: 2, 503: 2 };
  const what =
    'two of each status: 200 after 100 ms, 201 after 200, 204 after 300, 404 after 400, 500 and 503 after 500';
  const counted = { errors: 0, statuses };
  expectFigures(value.atOnce, { ...counted, maxMs: 500 }, `twelve answers at once, ${what}`);
  expectFigures(
    value.oneByOne,
    { ...counted, totalMs: 4000, requestsPerSecond: 3 },
    `twelve answers, one after another in one slot, ${what}`,
  );
});

test('a connection that breaks is one error, and the others go on', async () => {
  const { bench } = await load();
  const routes: SlowRoute[] = [
    { delayMs: 100 },
    { delayMs: 100, fail: 'destroy' },
    { delayMs: 100, fail: 'cut' },
    { delayMs: 100, status: 500, fail: 'cut' },
    { delayMs: 100, status: 201 },
  ];
  await using api = await startSlowApi({ routes: { '/': routes } });

  const { value } = await inVirtualTime(() =>
    bench(api.url('/'), { requests: 20, concurrency: 2 }).catch((error: unknown) =>
      expect.fail(`Some connections broke, and bench rejected: ${String(error)}`),
    ),
  );

  expect(api.traffic).toHaveHits(20);
  expectFigures(
    value,
    { errors: 12, statuses: { 200: 4, 201: 4 } },
    '20 requests, of which 4 broke before the answer and 8 amid it',
  );
});

test('a broken connection has no latency and is no answer', async () => {
  const { bench } = await load();
  const broken = { delayMs: 1000, fail: 'destroy' } as const;
  const cut = { delayMs: 1000, fail: 'cut' } as const;
  const routes = {
    '/some': [{ delayMs: 100 }, { delayMs: 100 }, { delayMs: 100 }, broken, cut],
    '/none': broken,
  };
  await using api = await startSlowApi({ routes });
  const options = { requests: 5, concurrency: 5 };

  const { value } = await inVirtualTime(async () => ({
    some: await bench(api.url('/some'), options),
    none: await bench(api.url('/none'), options),
  }));

  const some = { p50Ms: 100, p99Ms: 100, maxMs: 100, totalMs: 1000, statuses: { 200: 3 } };
  const what = 'three answers after 100 ms and two broken after 1000 ms, one of them amid its body';
  expectFigures(value.some, some, what);
  // The rate may be that of the answers or of all requests.
  if (plain(value.some.requestsPerSecond) !== 5) {
    expectFigures(value.some, { requestsPerSecond: 3 }, what);
  }
  const noAnswer = 'five broken after 1000 ms, and no answer';
  expectFigures(value.none, { totalMs: 1000, statuses: {} }, noAnswer);
  if (plain(value.none.requestsPerSecond) !== 5) {
    expectFigures(value.none, { requestsPerSecond: 0 }, noAnswer);
  }
  // Of no latencies, any figure that nobody takes for a time will do.
  for (const name of ['p50Ms', 'p99Ms', 'maxMs'] as const) {
    if (value.none[name] !== 0) expectFigures(value.none, { [name]: NaN }, noAnswer);
  }
});

test('an abort breaks off what is under way, and nothing more is sent', async () => {
  const { bench } = await load();
  await using api = await startSlowApi({ routes: { '/': { delayMs: 100 } } });
  const { signal, abort, reason } = leaving();

  await inVirtualTime(async (clock) => {
    const running = bench(api.url('/'), { requests: 10, concurrency: 2, signal });
    const rejected = expect(running).toRejectWith({ reason });
    await sleep(250);
    abort();
    await rejected;
    expect(clock.now, 'The abort came at 250 ms; bench rejected at').toBe(250);
    await sleep(1000);
  });

  const outcomes = api.traffic.requests.map(({ outcome }) => outcome);
  const answered = Array.from({ length: 4 }, () => 'done');
  expect(outcomes, 'How your requests ended, as the server saw it').toEqual([
    ...answered,
    'aborted',
    'aborted',
  ]);

  const amid = new AbortController();
  await using slow = await startSlowApi({ routes: { '*': { delayMs: 100, bodyDelayMs: 100 } } });
  await inVirtualTime(async (clock) => {
    const options = { requests: 2, concurrency: 2, signal: amid.signal };
    const rejected = expect(
      bench(slow.url('/'), options),
      'Aborted with a text as the reason, amid the bodies of the last requests',
    ).toRejectWith({ reason: 'nobody waits for it' });
    await sleep(150);
    amid.abort('nobody waits for it');
    await rejected;
    expect(clock.now, 'The abort came at 150 ms, amid the bodies; bench rejected at').toBe(150);
    await sleep(1000);
  });
  const ends = slow.traffic.of('/').map(({ outcome }) => outcome);
  const sentence = 'How your requests ended, as the server saw it, aborted amid their bodies';
  expect(ends, sentence).toEqual(['aborted', 'aborted']);

  const early = leaving();
  await inVirtualTime(async (clock) => {
    const options = { requests: 3, concurrency: 1, signal: early.signal };
    const running = bench(slow.url('/early'), options);
    const what = 'Aborted right after the call, before anything was awaited';
    const rejected = expect(running, what).toRejectWith({ reason: early.reason });
    early.abort();
    await rejected;
    expect(clock.now, 'The abort came right after the call, at 0 ms; bench rejected at').toBe(0);
    await sleep(1000);
  });
  const answers = slow.traffic.of('/early').filter(({ outcome }) => outcome === 'done');
  expect(answers.length, 'Answers that came in spite of an abort right after the call').toBe(0);
});

test('sends nothing when the signal is already aborted', async () => {
  const { bench } = await load();
  await using api = await startSlowApi({ routes: { '/': { delayMs: 100 } } });
  const reasons = [leaving().reason, 'a text as the reason', null];

  await inVirtualTime(async () => {
    for (const reason of reasons) {
      const options = { requests: 3, concurrency: 1, signal: AbortSignal.abort(reason) };
      await expect(() => bench(api.url('/'), options)).toRejectWith({ reason });
    }
    await sleep(1000);
  });

  expect(api.traffic.hits, 'Requests that were sent after the abort').toBe(0);
});

test('leaves nothing that keeps the process from ending', async () => {
  const { bench } = await load();
  const routes: SlowRoute[] = [
    { delayMs: 100 },
    { delayMs: 100, status: 500 },
    { delayMs: 1, fail: 'destroy' },
    { delayMs: 100, fail: 'cut' },
  ];
  await using api = await startSlowApi({ routes: { '/': routes } });
  const kept = leaving();
  const aborted = leaving();
  using audit = auditLeaks({ targets: [kept.signal, aborted.signal] });

  const run = await inVirtualTime(async () => {
    const options = { requests: 9, concurrency: 3 };
    await bench(api.url('/'), { ...options, signal: kept.signal });
    const running = bench(api.url('/'), { ...options, signal: aborted.signal }).catch(() => {});
    await sleep(50);
    aborted.abort();
    await running;
    await refused(() => bench(api.url('/'), { ...options, signal: aborted.signal }));
  });

  expect(run).toLeaveNoTimers();
  const [leak] = await audit.check();
  if (leak !== undefined) expect.fail(`When bench had settled, something was left. ${leak}`);
});

test('benchmarks at the same time know nothing of each other', async () => {
  const { bench } = await load();
  const routes = { '/a': { delayMs: 100 }, '/b': { delayMs: 250, status: 202 } };
  await using api = await startSlowApi({ routes });
  const { signal, abort } = leaving();

  const { value } = await inVirtualTime(async () => {
    const first = bench(api.url('/a'), { requests: 9, concurrency: 3 });
    const second = bench(api.url('/b'), { requests: 4, concurrency: 4 });
    const third = bench(api.url('/b'), { requests: 5, concurrency: 5, signal }).catch(() => {});
    await sleep(50);
    abort();
    await third;
    return { first: await first, second: await second };
  });

  const first = { totalMs: 300, errors: 0, statuses: { 200: 9 } };
  expectFigures(value.first, first, '9 answers after 100 ms, beside another benchmark');
  const second = { p50Ms: 250, maxMs: 250, totalMs: 250, errors: 0, statuses: { 202: 4 } };
  expectFigures(value.second, second, '4 answers after 250 ms, beside another benchmark');
});

/** Routes for the first request, the second and so on, each answered after its delay. */
function delays(milliseconds: readonly number[]): SlowRoute[] {
  return milliseconds.map((delayMs) => ({ delayMs }));
}

/** Waits for a refusal, whether it is thrown at once or not. */
async function refused(work: () => Promise<unknown>): Promise<void> {
  await Promise.try(work).catch(() => {});
}

function leaving() {
  const controller = new AbortController();
  const reason = new Error('The benchmark is not needed any more.');
  return { signal: controller.signal, reason, abort: () => controller.abort(reason) };
}

/** Compares those figures of a report that are `expected`; less than a thousandth is rounding. */
function expectFigures(report: Report, expected: Partial<Report>, what: string): void {
  for (const [name, wanted] of Object.entries(expected)) {
    const found = plain(Reflect.get(Object(report), name));
    if (isDeepStrictEqual(found, wanted)) continue;
    const message = `\`${name}\` of your report is ${inspect(found)}; it should be ${inspect(wanted)}, for ${what}.`;
    // It tells the line of the test.
    throw new AssertionError({ message, stackStartFn: expectFigures });
  }
}

/** A status that is told to have no answers may as well be left out. */
function plain(figure: unknown): unknown {
  if (typeof figure === 'number') return Math.round(figure * 1000) / 1000;
  if (typeof figure !== 'object' || figure === null) return figure;
  return Object.fromEntries(Object.entries(figure).filter(([, count]) => count !== 0));
}
