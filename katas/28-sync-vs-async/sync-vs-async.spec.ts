import diagnostics from 'node:diagnostics_channel';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import type { Worker } from 'node:worker_threads';
import { request } from 'undici';
import {
  auditLeaks,
  expect,
  inVirtualTime,
  judgeLoop,
  kata,
  KataFailure,
  random,
  serveApp,
  test,
  turns,
  until,
} from '#harness';
import type { LoopReport } from '#harness';
import { CallLog } from './call-log.ts';
import type { Blocking, Call } from './call-log.ts';

const load = kata(() => import('./sync-vs-async.ts'));

/** Looks, a millisecond apart at least, within which any thread that starts has come to work. */
const patience = { limitMs: 7000, idleMs: 2000 };
/** The same for what needs no thread to start. */
const soon = { limitMs: 1000 };
/** Longer than any test, so that only the test ends a call in a thread. On the event loop nobody could end it. */
const untilOpened = { onLoopMs: 1, inThreadMs: 600_000, counts: true };
/** For tests with a run of the judge, who asks again and again on a busy machine. */
const judged = { limitMs: 30_000 };
/** So that a pool of any size that somebody chooses with care is good: piscina takes one and a half for each core. */
const mostThreads = Math.max(32, Math.ceil(1.5 * availableParallelism()));
const threadsTold = `Threads that the server started; it may start ${mostThreads}`;
/** More calls than a pool needs to start its threads. */
const severalCalls = 9;
const onLoopTold =
  'Calls of sleepSync and fetchReport that were made on the thread of the event loop';

test(
  'a hundred calls of wrap-blocking hold up nobody else',
  async () => {
    await expectInThread('/async/wrap-blocking?id=1');
    expect(await judge('/async/wrap-blocking?id=1')).toLeaveTheLoopFree();
    await using server = await start();
    const { log, threads } = server;
    const ids = manyIds(100);

    const asked = all(ids.map((id) => server.get(`/async/wrap-blocking?id=${id}`)));
    const tooMany = () => threads.started > mostThreads;
    const busy = () => server.arrived >= 100 && log.blockedNow >= 2;
    const what = 'a hundred requests, and two calls of fetchReport that go on at the same time';
    await reached(
      () => tooMany() || busy(),
      asked,
      what,
      () => tooFewAtOnce(server, 100),
    );
    expect(threads.started, threadsTold).toBeLessThanOrEqual(mostThreads);
    const healthz = await finished(server.get('/healthz'), 'an answer of /healthz');
    // All of them wait for so long, in a thread or for one: that is what their `ms` must tell.
    await sleep(20);
    await expect(asked).toBePending();
    log.open();
    const answers = await finished(asked, 'a hundred answers');

    expect(healthz.status, 'The status of /healthz meanwhile').toBe(200);
    expect(healthz.json, 'The JSON of /healthz').toEqual({ status: 'ok' });
    expect(results(answers)).toEqual(ids.map(server.reportOf));
    expect(onLoop(log), onLoopTold).toBe(0);
    expect(threads.started, `${threadsTold}, and use them again`).toBeLessThanOrEqual(mostThreads);
    const shortest = Math.min(...answers.map(({ json }) => Number(json['ms'])));
    const sentence =
      'The shortest `ms` of a hundred requests that all waited for 20 ms, most of them until a thread was free; `ms` begins with the handler';
    // A timer may be a fraction of a millisecond early; load makes this only longer.
    expect(shortest, sentence).toBeGreaterThan(17);
  },
  judged,
);

test('a hundred calls of bad-blocking still hold up everybody', async () => {
  await using server = await start();
  const { log } = server;
  const ids = manyIds(100);

  const asked = all(ids.map((id) => server.get(`/async/bad-blocking?id=${id}`)));
  const inThread = () => log.calls.some(({ thread }) => thread !== 0);
  const called = () => inThread() || log.calls.length === ids.length;
  await reached(called, asked, 'a hundred calls of fetchReport');
  // None of them is blocked on the event loop now, and one in a thread should not hold up the verdict.
  log.open();
  const answers = await finished(asked, 'a hundred answers');

  expect(results(answers)).toEqual(ids.map(server.reportOf));
  const most =
    'The most calls of fetchReport that went on at the same time; the event loop makes one at a time';
  expect(log.peak, most).toBe(1);
  const expected = ids.toSorted(byNumber).map((id) => callOf('fetchReport', id, 0));
  const sentence = 'Calls made for /async/bad-blocking; thread 0 is that of the event loop';
  expect(log.calls.toSorted(byInput), sentence).toEqual(expected);
});

test('await-one and noawait hit together are done after one second', async () => {
  await expectInThread('/sync/noawait', callOf('sleepSync', 1000));
  await using server = await start();
  const { app, log } = server;
  // A thread is running by then: virtual time does not wait for ever.
  await finished(server.get('/async/cpu-bound?limit=9'), 'an answer');

  const run = await inVirtualTime(async (clock) => {
    const noawait = clock.hold(inject(app, '/sync/noawait'), 'the answer of /sync/noawait');
    const awaitOne = inject(app, '/async/await-one');
    const waiting = () => clock.timers.some((timer) => timer.outcome === 'pending');
    const together = all([noawait, awaitOne]);
    const what = 'a blocked thread and a timer at the same time';
    await reached(() => log.blockedNow === 1 && waiting(), together, what);
    log.open();
    return together;
  });

  expect(statusesOf(run.value), 'The two statuses').toEqual([200, 200]);
  expect(run).toTakeVirtually(1000);
  const [noawait] = run.value;
  const sentence =
    'The `ms` of /sync/noawait, whose call the test ended at once; take the time, do not write it down';
  expect(noawait?.json['ms'], sentence).not.toBe(1000);
});

test('ten calls of await-one wait at the same time', async () => {
  await using server = await start();
  server.log.open();

  const paths = Array.from({ length: 10 }, () => '/async/await-one');
  const run = await inVirtualTime(() => all(paths.map((path) => inject(server.app, path))));
  const later = await inVirtualTime(() => inject(server.app, '/async/await-one'));

  expect(run).toTakeVirtually(1000);
  expect(later, 'A later request of /async/await-one').toTakeVirtually(1000);
  expect(statusesOf(run.value)).toEqual(paths.map(() => 200));
  expect(server.log.calls, 'Blocking calls made for /async/await-one').toEqual([]);
});

test('await-many is done after its longest wait', async () => {
  await using server = await start();
  server.log.open();

  const run = await inVirtualTime(() => inject(server.app, '/async/await-many'));
  const two = await inVirtualTime(() =>
    all([inject(server.app, '/async/await-many'), inject(server.app, '/async/await-many')]),
  );

  expect(run.value.status, 'The status of /async/await-many').toBe(200);
  const delays = learnerDelays(run.timers);
  expect(delays, 'Timers that were set, in milliseconds').toEqual([500, 1000, 1500]);
  expect(run).toTakeVirtually(1500);
  expect(statusesOf(two.value), 'The statuses of two later requests at once').toEqual([200, 200]);
  expect(two, 'Two later requests of /async/await-many at once').toTakeVirtually(1500);
  expect(server.log.calls, 'Blocking calls made for /async/await-many').toEqual([]);
});

test(
  'cpu-bound computes in a thread',
  async () => {
    const limit = random().int(600_000, 700_000);
    const path = `/async/cpu-bound?limit=${limit}`;

    const { json } = await expectInThread(path, callOf('countPrimes', limit));
    expect(json['result'], `Primes up to ${limit}`).toBe(primesUpTo(limit));

    await expectInThread('/async/cpu-bound?limit=9', callOf('countPrimes', 9));

    expect(await judge(path)).toLeaveTheLoopFree();
  },
  judged,
);

test('id is 1 where it is not given, limit is 2,000,000, and 0 is given', async () => {
  // To count up to two million takes long, and proves nothing here.
  await using server = await start({ counts: false });
  server.log.open();

  for (const [path, expected] of [
    ['/async/wrap-blocking', callOf('fetchReport', 1)],
    ['/async/bad-blocking', callOf('fetchReport', 1)],
    ['/async/cpu-bound?limit=0', callOf('countPrimes', 0)],
    ['/async/cpu-bound', callOf('countPrimes', 2_000_000)],
  ] as const) {
    const { call } = await askOnce(server, path);
    const made = callOf(call.name, call.input);
    expect(made, `The blocking call made for ${path}`).toEqual(expected);
  }
});

test('each request makes one blocking call of its own', async () => {
  await using server = await start();
  const { app, log } = server;
  const paths = [
    '/async/wrap-blocking?id=7',
    '/async/bad-blocking?id=7',
    '/async/cpu-bound?limit=9',
    '/sync/noawait',
  ];
  const callsOf = (name: Call['name']) => log.calls.filter((call) => call.name === name).length;

  const atOnce = all([...paths, ...paths].map((path) => inject(app, path)));
  const blocked = () =>
    log.calls.some(({ name, thread }) => name === 'fetchReport' && thread !== 0);
  await reached(
    () => callsOf('fetchReport') > 0 && (blocked() || callsOf('fetchReport') >= 4),
    atOnce,
    'a call of fetchReport',
  );
  await turns(10);
  log.open();
  await finished(atOnce, 'eight answers');
  await finished(all(paths.map((path) => inject(app, path))), 'four more answers');

  const requests = 'with the same query, two of them at once';
  const perRoute = `for three requests of /async/wrap-blocking and three of /async/bad-blocking ${requests}`;
  expect(callsOf('fetchReport'), `Calls of fetchReport ${perRoute}`).toBe(6);
  expect(callsOf('countPrimes'), `Calls of countPrimes for three requests ${requests}`).toBe(3);
  expect(callsOf('sleepSync'), 'Calls of sleepSync for three requests, two of them at once').toBe(
    3,
  );
});

test('blocking calls run side by side', async () => {
  await using server = await start();
  const { log } = server;

  const first = server.get('/sync/noawait');
  await reached(() => log.blockedNow === 1, first, 'a call of sleepSync that goes on');
  // A pool that deals its jobs out in turn would now give some of them to the thread that is blocked.
  for (let round = 0; round < severalCalls; round += 1) {
    const what = 'an answer of /async/cpu-bound, while one other call blocks its thread';
    await finished(server.get('/async/cpu-bound?limit=9'), what);
  }
  const asked = all([first, ...Array.from({ length: 3 }, () => server.get('/sync/noawait'))]);
  const what = 'two calls of sleepSync that go on at the same time';
  const arrived = 1 + severalCalls + 3;
  await reached(
    () => log.blockedNow >= 2 && server.arrived >= arrived,
    asked,
    what,
    () => tooFewAtOnce(server, arrived),
  );
  log.open();

  const answers = await finished(asked, 'four answers');
  expect(statusesOf(answers)).toEqual([200, 200, 200, 200]);
  const made = log.calls.filter(({ name }) => name === 'sleepSync').map(({ thread }) => thread);
  const told = answers.map(({ json }) => Number(json['thread']));
  const sentence = 'The threads that the answers told, of four calls at the same time';
  expect(told.toSorted(byNumber), sentence).toEqual(made.toSorted(byNumber));
});

test('starts a few threads only, whatever is asked', async () => {
  await using server = await start();
  const { log, threads } = server;
  const many = (path: string) => Array.from({ length: mostThreads }, () => heard(server.get(path)));
  const counting = '/async/cpu-bound?limit=9';
  await finished(server.get(counting), 'an answer, while nothing else was asked');

  const blocking = ['/sync/noawait', '/async/wrap-blocking'].flatMap(many);
  const tooMany = () => threads.started > mostThreads;
  const busy = () => server.arrived > blocking.length && log.calls.length > 1;
  const what = `${blocking.length} requests, and one call in a thread`;
  await reached(() => tooMany() || busy(), all(blocking), what);
  const asked = all([...blocking, ...many(counting)]);
  const arrived = () => server.arrived > 3 * mostThreads;
  await reached(() => tooMany() || arrived(), asked, `${mostThreads} requests more`);
  log.open();
  const answers = tooMany() ? [] : await finished(asked, 'the answers');

  expect(threads.started, threadsTold).toBeLessThanOrEqual(mostThreads);
  expect(new Set(statusesOf(answers)), 'The statuses of all these requests').toEqual(
    new Set([200]),
  );
  expect(onLoop(log), onLoopTold).toBe(0);
  const counts = log.calls.filter(({ name }) => name === 'countPrimes');
  const countedHere = counts.filter(({ thread }) => thread === 0).length;
  const only =
    'Calls of countPrimes that were made on the event loop, while other calls were waiting for a thread';
  // Of who always counts there, another test tells.
  if (countedHere < counts.length) expect(countedHere, only).toBe(0);
});

test('uses its threads again', async () => {
  await using server = await start();
  server.log.open();

  const { log, threads } = server;
  for (const path of ['/async/wrap-blocking', '/async/cpu-bound?limit=9', '/sync/noawait']) {
    await finished(server.get(path), `an answer of ${path}`);
    const before = threads.started;
    for (let call = 0; call < severalCalls; call += 1) {
      await finished(server.get(path), `an answer of ${path}`);
      await turns(10);
    }

    const sentence = `Threads that were started for ${severalCalls} requests of ${path}, one after another, when one had been answered`;
    expect(threads.started - before, sentence).toBeLessThan(severalCalls - 1);
  }

  const made = 3 * (1 + severalCalls);
  expect(log.calls.length, `Blocking calls for ${made} requests`).toBe(made);
  expect(threads.started, threadsTold).toBeLessThanOrEqual(mostThreads);
});

test('a call that fails becomes 500, and the next one works', async () => {
  await using server = await start();
  server.log.open();

  const { log, threads } = server;
  await finished(server.get('/async/wrap-blocking?id=4'), 'an answer');
  const before = threads.started;
  for (let round = 0; round < severalCalls; round += 1) {
    const failed = await finished(server.get('/async/wrap-blocking?id=0'), 'an answer');
    expect(failed.status, 'The status for a report that does not exist').toBe(500);
    await turns(10);
  }
  const made = 'Calls of fetchReport for one request that did not fail, and nine that did';
  expect(log.calls.length, made).toBe(1 + severalCalls);
  const good = await finished(server.get('/async/wrap-blocking?id=5'), 'an answer');

  expect(good.status, 'The status of the next request').toBe(200);
  expect(good.json['result']).toBe(server.reportOf(5));
  const sentence = 'Threads that were started for nine calls that failed and one that did not';
  expect(threads.started - before, sentence).toBeLessThan(severalCalls - 1);

  const bad = '/async/bad-blocking';
  const failed = await finished(server.get(`${bad}?id=0`), 'an answer');
  expect(failed.status, `The status of ${bad} for a report that does not exist`).toBe(500);
  const next = await finished(server.get(`${bad}?id=5`), 'an answer');
  expect(next.json['result'], `The next report of ${bad}`).toBe(server.reportOf(5));
});

test('/test/sync blocks the event loop itself', async () => {
  await using server = await start();

  const asked = server.get('/test/sync');
  await reached(() => server.log.calls.length > 0, asked, 'a call of sleepSync');
  server.log.open();
  const { status } = await finished(asked, 'an answer');

  expect(status).toBe(200);
  const sentence = 'Calls made for /test/sync; thread 0 is that of the event loop';
  expect(server.log.calls, sentence).toEqual([callOf('sleepSync', 100, 0)]);
});

test('/test/async waits for 100 ms and blocks nothing', async () => {
  await using server = await start();
  server.log.open();

  const run = await inVirtualTime(() =>
    all([inject(server.app, '/test/async'), inject(server.app, '/test/async')]),
  );
  const later = await inVirtualTime(() => inject(server.app, '/test/async'));

  expect(statusesOf(run.value)).toEqual([200, 200]);
  expect(run).toTakeVirtually(100);
  expect(later, 'A later request of /test/async').toTakeVirtually(100);
  expect(server.log.calls, 'Blocking calls made for /test/async').toEqual([]);
});

test('every answer tells what was done, for how long and in which thread', async () => {
  await using server = await start({ onLoopMs: 20, inThreadMs: 20 });

  const waits = [
    { path: '/async/await-one', ms: 1000 },
    { path: '/async/await-many', ms: 1500 },
    { path: '/test/async', ms: 100 },
  ];
  const { value: timed } = await inVirtualTime(() =>
    // Each begins at a time of its own, while those before it are still waiting.
    all(
      waits.map(async ({ path }, index) => {
        await sleep(1 + index * 200);
        return inject(server.app, path);
      }),
    ),
  );
  for (const [index, { path, ms }] of waits.entries()) {
    const answer = timed[index]!;
    expectAnAnswer(path, answer);
    const others = 'while requests that began at other times were waiting';
    expect(answer.json, `What ${path} told, ${others}`).toMatchObject({ ms, thread: 0 });
  }
  const wrong: string[] = [];
  for (const path of [
    '/async/bad-blocking',
    '/test/sync',
    '/sync/noawait',
    '/async/wrap-blocking',
    '/async/cpu-bound?limit=9',
  ]) {
    const { answer, call } = await askOnce(server, path);
    expectAnAnswer(path, answer);
    // A timer may be a fraction of a millisecond early; load makes this only longer.
    const least = call.name === 'countPrimes' ? -1 : 17;
    expect(answer.json['ms'], `The \`ms\` of ${path}, after 20 ms`).toBeGreaterThan(least);
    const thread = answer.json['thread'];
    if (thread !== call.thread) {
      wrong.push(`${path} worked in thread ${call.thread} and told ${inspect(thread)}.`);
    }
  }
  if (wrong.length > 0) expect.fail(wrong.join('\n'));

  for (const path of ['/test/sync', '/async/bad-blocking']) {
    const { value } = await inVirtualTime(() => inject(server.app, path));
    const sentence = `The \`ms\` of ${path}, while the clock of the test stood still; take the time, do not write it down`;
    // In a thread it takes real time, and that it must not be there is for another test to tell.
    if (server.log.calls.at(-1)?.thread === 0) expect(value.json['ms'], sentence).toBe(0);
  }
});

test('closing the server ends its threads', async () => {
  using audit = auditLeaks();
  const left = 'Threads that were there when app.close() had resolved';
  await using unasked = await start();
  const leftUnasked = await threadsLeft(unasked, 'a server that was asked nothing to close');
  expect(leftUnasked, `${left}, of a server that was asked nothing`).toBe(0);

  await using server = await start();
  server.log.open();
  const asked = all(['1', '2', '3'].map((id) => server.get(`/async/wrap-blocking?id=${id}`)));
  await finished(asked, 'three answers');

  expect(await threadsLeft(server, 'the server to close'), left).toBe(0);
  expect(await audit.check(), 'What was left when app.close() had resolved').toEqual([]);
});

/** Closes the server. How many threads are left in that moment; a pool may end idle ones earlier, and wait for none of these. */
async function threadsLeft({ app, threads }: Server, what: string): Promise<number> {
  const ending = threads.ending();
  let [left, started] = [-1, -1];
  const closed = Promise.resolve(app.close()).then(() => {
    left = threads.living - ending.filter(isLiving).length;
    started = threads.started;
  });
  await finished(closed, what);
  await until(
    () => !ending.some(isLiving),
    'threads to end that had been told to before',
    patience,
  );
  // When such a thread has ended, piscina 5.3 starts another one in its place, though it was closed: it keeps no process alive.
  await threads.endFrom(started);
  return left;
}

type App = ReturnType<Awaited<ReturnType<typeof load>>['buildApp']>;

interface Answer {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

function expectAnAnswer(path: string, { status, json: { did, ms, thread } }: Answer): void {
  expect(status, `The status of ${path}`).toBe(200);
  const expectThat = (good: boolean, name: string, value: unknown, should: string) => {
    if (!good) expect.fail(`\`${name}\` of ${path} is ${inspect(value)}; it should ${should}.`);
  };
  const toldWords = typeof did === 'string' && /\p{L}/u.test(did);
  expectThat(toldWords, 'did', did, 'say in a few words what was done');
  expectThat(Number.isInteger(ms), 'ms', ms, 'be a whole number');
  expectThat(Number(ms) >= 0, 'ms', ms, 'not be negative');
  expectThat(typeof thread === 'number', 'thread', thread, 'be the number of a thread');
}

type Server = Awaited<ReturnType<typeof start>>;

/** The learner's server on a real socket, with a log of its blocking calls, which end when the log is opened. */
async function start(blocking: Partial<Blocking> = {}) {
  const nonce = ` (${random().nonce()})`;
  const threads = watchThreads();
  const log = CallLog.begin({ ...untilOpened, nonce, ...blocking });
  const app = await build();
  newestThreads = threads;
  const server = await serveApp(app);
  let arrived = 0;
  app.server.on('request', () => {
    arrived += 1;
  });
  return {
    app,
    log,
    threads,
    get arrived() {
      return arrived;
    },
    reportOf: (id: number) => `Report ${id}${nonce}`,
    get: (path: string) => heard(get(server.url(path))),
    [Symbol.asyncDispose]: async () => {
      log[Symbol.dispose]();
      await server[Symbol.asyncDispose]();
      await threads[Symbol.asyncDispose]();
    },
  };
}

async function build(): Promise<App> {
  const { buildApp } = await load();
  return buildApp();
}

async function get(url: string): Promise<Answer> {
  const { statusCode, body } = await request(url, { headers: { connection: 'close' } });
  return { status: statusCode, json: read(await body.text()) };
}

async function inject(app: App, path: string): Promise<Answer> {
  const reply = await app.inject(path);
  return { status: reply.statusCode, json: read(reply.body) };
}

/** The body of an error may be anything. */
function read(text: string): Answer['json'] {
  try {
    return Object(JSON.parse(text)) as Answer['json'];
  } catch {
    return {};
  }
}

/** The answer to a request, and the first blocking call that was made for it. */
async function askOnce({ log, get: ask }: Server, path: string) {
  const before = log.calls.length;
  const answer = await finished(ask(path), `an answer of ${path}`);
  expect(answer.status, `The status of ${path}`).toBe(200);
  const call = log.calls[before];
  if (call === undefined) {
    expect.fail(`${path} was answered, and none of the functions in blocking-calls.ts was called.`);
  }
  return { answer, call };
}

/** Asks once, and demands that the one blocking call was made in another thread than that of the event loop. */
async function expectInThread(path: string, call?: Partial<Call>): Promise<Answer> {
  await using server = await start();
  server.log.open();

  const { answer, call: made } = await askOnce(server, path);

  const [, ...more] = server.log.calls;
  if (made.thread === 0) {
    throw new KataFailure(
      `${path} called ${made.name} on the thread of the event loop. Until ${made.name} was done, nobody else could be served.`,
      { location: null, advice: 'Let another thread make this call.' },
    );
  }
  expect(more, `More blocking calls, after the first one, for one request of ${path}`).toEqual([]);
  if (call) expect(made, `The blocking call made for ${path}`).toMatchObject(call);
  return answer;
}

/** Judges a request, and one of /healthz beside it. Threads are started before. */
async function judge(path: string): Promise<LoopReport> {
  return judgeLoop({
    prepare: async () => {
      const server = await start({ inThreadMs: 150 });
      await server.get('/async/cpu-bound?limit=9');
      return server;
    },
    work: (server) => all([server.get(path), server.get('/healthz')]),
    cleanUp: (server) => server[Symbol.asyncDispose](),
  });
}

type Threads = ReturnType<typeof watchThreads>;

/** The threads of the server that was built last. */
let newestThreads: Threads | null = null;

/** Why nothing more can come of the threads that were started, or null where it can. */
function stranded(): string | null {
  const { started = 0, living = 0 } = newestThreads ?? {};
  if (started === 0 || living > 0) return null;
  return `Your server has started ${counted(started, 'thread')}, and none of them is left.`;
}

/** Why no more calls will go on at the same time, once `requests` have come; null where they may. */
function tooFewAtOnce({ arrived, log, threads }: Server, requests: number): string | null {
  const { living } = threads;
  if (arrived < requests || living !== log.blockedNow) return stranded();
  return `All requests have come, and ${counted(log.blockedNow, 'call')} in ${counted(living, 'thread')}: there should be two at least, on every machine.`;
}

/** Counts the threads that are started from now on, and at the end ends those that are left. */
function watchThreads() {
  const workers: Worker[] = [];
  const told = new Set<Worker>();
  const note = (message: unknown): void => {
    const { worker } = message as { worker: Worker };
    const terminate = worker.terminate.bind(worker);
    worker.terminate = () => {
      told.add(worker);
      return terminate();
    };
    workers.push(worker);
  };
  diagnostics.subscribe('worker_threads', note);
  return {
    get started() {
      return workers.length;
    },
    /** Those of them that have not ended. */
    get living() {
      return workers.filter(isLiving).length;
    },
    /** Those that were told to end, and have not. */
    ending: () => [...told].filter(isLiving),
    /** Ends those that were started after the first `count`. */
    endFrom: async (count: number) => {
      await Promise.all(workers.slice(count).map((worker) => worker.terminate()));
    },
    async [Symbol.asyncDispose]() {
      diagnostics.unsubscribe('worker_threads', note);
      await this.endFrom(0);
    },
  };
}

function isLiving({ threadId }: Worker): boolean {
  return threadId !== -1;
}

/** Waits until `condition` holds. If `work` ends before, it failed, or the condition will never hold. */
async function reached(
  condition: () => boolean,
  work: Promise<unknown>,
  what: string,
  stuck = stranded,
) {
  let ended = false;
  const end = () => {
    ended = true;
  };
  work.then(end, end);
  await untilStuck(() => condition() || ended, what, stuck);
  if (condition()) return;
  await work;
  expect.fail(`All requests were answered, and this never came: ${what}.`);
}

/** The value of `work`; rejects as it does. An answer from a thread that is gone would be awaited for ever. */
async function finished<T>(work: Promise<T>, what: string): Promise<T> {
  let settled = false;
  const settle = () => {
    settled = true;
  };
  work.then(settle, settle);
  await untilStuck(() => settled, what, stranded);
  return work;
}

/** Waits for `condition`, and not much longer where `stuck` says why it will not come. */
async function untilStuck(
  condition: () => boolean,
  what: string,
  stuck: () => string | null,
): Promise<void> {
  for (let round = 0; round < 20; round += 1) {
    await until(() => condition() || stuck() !== null, what, patience);
    if (condition()) return;
    // An answer may be on its way, and another thread may be about to start.
    const changed = until(() => condition() || stuck() === null, what, soon);
    await changed.catch(() => expect.fail(`Still waiting for ${what}. ${stuck() ?? ''}`.trim()));
    if (condition()) return;
  }
  expect.fail(`Still waiting for ${what}. One thread after another was started, and has ended.`);
}

/** A test that ends early awaits nothing any more: what it started may then fail unheard. */
function heard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

function all<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  return heard(Promise.all(promises));
}

/** No two are equal. */
function manyIds(count: number): number[] {
  const chance = random();
  const ids = new Set<number>();
  while (ids.size < count) ids.add(chance.int(1, 1_000_000));
  return [...ids];
}

function results(answers: readonly Answer[]): unknown[] {
  return answers.map(({ json }) => json['result']);
}

function statusesOf(answers: readonly Answer[]): number[] {
  return answers.map(({ status }) => status);
}

function callOf(name: Call['name'], input: number): Pick<Call, 'name' | 'input'>;
function callOf(name: Call['name'], input: number, thread: number): Call;
function callOf(name: Call['name'], input: number, thread?: number): Partial<Call> {
  return thread === undefined ? { name, input } : { name, input, thread };
}

function counted(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}

function byNumber(left: number, right: number): number {
  return left - right;
}

function byInput(left: Call, right: Call): number {
  return byNumber(left.input, right.input);
}

/** Where cpu-bound computes is for its own test to ask. */
function onLoop({ calls }: CallLog): number {
  return calls.filter(({ name, thread }) => thread === 0 && name !== 'countPrimes').length;
}

function learnerDelays(timers: readonly { owner: string; delayMs: number }[]): number[] {
  return timers
    .filter(({ owner }) => owner === 'learner')
    .map(({ delayMs }) => delayMs)
    .toSorted(byNumber);
}

/** Counted by the sieve of Eratosthenes: quicker than the way of the kata. */
function primesUpTo(limit: number): number {
  const composite = new Uint8Array(limit + 1);
  let primes = 0;
  for (let number = 2; number <= limit; number += 1) {
    if (composite[number]) continue;
    primes += 1;
    for (let multiple = number * number; multiple <= limit; multiple += number) {
      composite[multiple] = 1;
    }
  }
  return primes;
}
