import { AssertionError } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { currentTrace, expect, gate, inVirtualTime, kata, random, test, turns } from '#harness';
import type { VirtualClock } from '#harness';

const load = kata(() => import('./calling-is-starting.ts'));

test('two fetches and half a second of other work take 1500 ms', async () => {
  const { backgroundFetches } = await load();

  // The second time with quicker servers: what is waited for is the answers, and not a certain time.
  for (const ms of [1000, 200]) {
    const run = await inVirtualTime((clock) => {
      const api = makeApi(clock, { api1: { ms }, api2: { ms } });
      return backgroundFetches(api.fetch);
    });

    expect(run).toTakeVirtually(500 + ms);
  }
});

test('asks api1 before the other work, and api2 right after it', async () => {
  const { backgroundFetches } = await load();

  const { value: requests } = await inVirtualTime(async (clock) => {
    const api = makeApi(clock, { api1: { ms: 1000 }, api2: { ms: 1000 } });
    await backgroundFetches(api.fetch);
    return api.requests;
  });

  expect(requests, 'What was asked, and when').toHappenInOrder(['api1 at 0 ms', 'api2 at 500 ms']);
});

test('gives the answer of api1 first, though api2 is quicker', async () => {
  const { backgroundFetches } = await load();

  await inVirtualTime(async (clock) => {
    const api = makeApi(clock, { api1: { ms: 1000 }, api2: { ms: 100 } });

    const answers = await backgroundFetches(api.fetch);

    expect(answers, 'The answers of api1 and api2').toEqual([api.answers.api1, api.answers.api2]);
  });
});

test('a fetch that fails early makes the call reject, and nothing else', async () => {
  const { backgroundFetches } = await load();
  const fails = new Error('the server is down');
  const cases = {
    'api1 failed': { api1: { ms: 300, fails }, api2: { ms: 1000 } },
    'api2 failed': { api1: { ms: 1000 }, api2: { ms: 100, fails } },
    'both failed': { api1: { ms: 700, fails }, api2: { ms: 100, fails } },
  };

  for (const [happened, routes] of Object.entries(cases)) {
    await inVirtualTime(async (clock) => {
      const api = makeApi(clock, routes);
      await expect(backgroundFetches(api.fetch), `Where ${happened}`).toRejectWith(fails);
      // What still runs may fail later: that too belongs to the call.
      await sleep(5000);
    });
  }
});

test('startAll has called every thunk once, in order, when it returns', async () => {
  const { startAll } = await load();
  const door = gate<string>();
  const names = ['first', 'second', 'third'];
  const calls: string[] = [];

  const tasks = startAll(
    names.map((name) => () => {
      calls.push(name);
      return door.wait();
    }),
  );
  const atOnce = [...calls];
  const returned = tasks.length;
  door.open('done');
  await Promise.all(tasks);
  await turns(2);

  expect(atOnce, 'The thunks called when startAll had returned').toHappenInOrder(names);
  expect(calls, 'The thunks called when all tasks had been awaited').toHappenInOrder(names);
  expect(returned, 'The tasks that startAll returned for 3 thunks').toBe(3);
});

test('awaiting a task gives its value, a plain or falsy one too', async () => {
  const { startAll } = await load();
  const values = [random().nonce(), 0, '', false, null, undefined];

  const plain = await Promise.all(startAll(values.map((value) => () => value)));
  const promised = await Promise.all(startAll(values.map((value) => async () => value)));

  expect(plain, 'The values of thunks that return them at once').toStrictEqual(values);
  expect(promised, 'The values of thunks that return promises').toStrictEqual(values);
  expect(startAll([]), 'The tasks for no thunks').toEqual([]);
});

test('the status of a task is right, though nobody awaits its value', async () => {
  const { startAll } = await load();

  await inVirtualTime(async () => {
    const tasks = startAll([() => sleep(100), () => failAfter(200), () => sleep(300)]);
    // Somebody handles the error, for this test is not about that.
    tasks[1]?.then(undefined, () => {});

    const atOnce = statusesOf(tasks);
    await sleep(250);
    const later = statusesOf(tasks);
    await sleep(100);

    const sentence = 'The tasks end after 100, 200 (with an error) and 300 ms; their status at';
    expect(atOnce, `${sentence} 0 ms`).toEqual(['pending', 'pending', 'pending']);
    expect(later, `${sentence} 250 ms`).toEqual(['fulfilled', 'rejected', 'pending']);
    expect(statusesOf(tasks), `${sentence} 350 ms`).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });
});

test('an error is held until somebody awaits the task, and told each time', async () => {
  const { startAll } = await load();
  const failure = new Error('the server is down');

  await inVirtualTime(async () => {
    const tasks = startAll([() => failAfter(10, failure), () => failAfter(20)]);
    await sleep(1000);

    await expect(tasks[0], 'A task failed, and was awaited later').toRejectWith(failure);
    await expect(tasks[0], 'The same task was awaited again').toRejectWith(failure);
  });
});

test('a thunk that throws at once fails its own task, and no other', async () => {
  const { startAll } = await load();
  const failure = new Error('threw at once');
  const thunks = [
    async () => 'first',
    () => {
      throw failure;
    },
    async () => 'third',
  ];

  const tasks = outcomeOfCall(() => startAll<string>(thunks));
  await Promise.allSettled(tasks);
  await turns(1);

  expect(statusesOf(tasks), 'The second of three thunks threw at once; the tasks').toEqual([
    'fulfilled',
    'rejected',
    'fulfilled',
  ]);
  await expect(tasks[1], 'The thunk of this task threw at once').toRejectWith(failure);
});

test('lazy starts nothing before it is awaited, also when it is looked at', async () => {
  const { lazy } = await load();
  let calls = 0;
  const value = lazy(async () => (calls += 1));

  await turns(2);
  expectCalls(calls, 0, 'before anybody awaited the value');
  void [inspect(value), 'then' in value, Reflect.get(value, 'then'), Reflect.get(value, 'name')];
  await turns(2);
  expectCalls(calls, 0, 'when somebody only looked at the value');
  await value;
  expectCalls(calls, 1, 'when somebody awaited the value');
});

test('lazy starts once, however many await it, whatever the value', async () => {
  const { lazy } = await load();

  for (const expected of [random().nonce(), undefined, 0]) {
    let calls = 0;
    const value = lazy(async () => {
      calls += 1;
      await turns(1);
      return expected;
    });

    const together = await Promise.all([value, value]);
    const later = await value;

    const given = [...together, later];
    expect(given, 'What three were given').toStrictEqual([expected, expected, expected]);
    expectCalls(calls, 1, 'when three awaited the value');
  }
});

test('lazy keeps a failure too, and does not try again', async () => {
  const { lazy } = await load();
  const failure = new Error('the server is down');
  const ways = {
    'threw at once': () => {
      throw failure;
    },
    rejected: () => Promise.reject(failure),
  };

  for (const [way, fail] of Object.entries(ways)) {
    let calls = 0;
    const value = lazy<string>(() => {
      calls += 1;
      return fail();
    });

    await expect(value, `The thunk ${way}`).toRejectWith(failure);
    await expect(value, `The thunk ${way}; awaited again`).toRejectWith(failure);
    expectCalls(calls, 1, `when it ${way} and two awaited the value`);
  }
});

test('`then` returns a promise for what its callback gives', async () => {
  const { lazy, startAll } = await load();
  const [task] = startAll([async () => 20]);
  const awaitables = { 'a task': task, 'a lazy value': lazy(async () => 20) };

  for (const [name, awaitable] of Object.entries(awaitables)) {
    const next = awaitable?.then((value) => value + 1);
    expect(await next, `20 and 1 more, by the \`then\` of ${name}`).toBe(21);
  }
});

type Routes = Record<'api1' | 'api2', { ms: number; fails?: Error }>;

/** Two servers that answer after their time. They keep a list of what they were asked, and when. */
function makeApi(clock: VirtualClock, routes: Routes) {
  const seeded = random();
  const answers = { api1: `one ${seeded.nonce()}`, api2: `two ${seeded.nonce()}` };
  const requests: string[] = [];
  const fetch = async (url: string): Promise<string> => {
    requests.push(`${url} at ${clock.now} ms`);
    if (url !== 'api1' && url !== 'api2') throw new Error(`Nobody answers at "${url}".`);
    const { ms, fails } = routes[url];
    const bar = currentTrace().begin(`fetch ${url}`, 'request');
    await sleep(ms);
    bar.end(fails ? 'failed' : 'done');
    if (fails) throw fails;
    return answers[url];
  };
  return { fetch, answers, requests };
}

async function failAfter(ms: number, error = new Error('the server is down')): Promise<never> {
  await sleep(ms);
  throw error;
}

/** Fails unless the thunk was called so often. */
function expectCalls(calls: number, expected: 0 | 1, when: string): void {
  if (calls === expected) return;
  const times = calls === 0 ? 'not called' : calls === 1 ? 'called once' : `called ${calls} times`;
  const wanted = expected === 0 ? 'not be called yet' : 'be called once';
  const message = `The thunk of lazy was ${times} ${when}; it should ${wanted}.`;
  throw new AssertionError({ message, stackStartFn: expectCalls });
}

function statusesOf(tasks: readonly ({ status?: string } | undefined)[]): string[] {
  return tasks.map((task) => task?.status ?? 'no status');
}

/** What `call` returns. That it throws is a finding about the program, and is told as one. */
function outcomeOfCall<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    return expect.fail(`startAll itself threw: ${String(error)}. No task can be had any more.`);
  }
}
