import { AssertionError } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect, isDeepStrictEqual } from 'node:util';
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

  // Every report asks anew.
  for (const day of ['Monday', 'Tuesday']) {
    await inVirtualTime(async (clock) => {
      const api = makeApi(clock, { api1: { ms: 1000 }, api2: { ms: 100 } }, day);

      const answers = await backgroundFetches(api.fetch);

      const { api1, api2 } = api.answers;
      expect(answers, `The answers of api1 and api2 on ${day}`).toEqual([api1, api2]);
    });
  }
});

test('a fetch that fails early makes the call reject, and nothing else', async () => {
  const { backgroundFetches } = await load();
  const fails = new Error('the server is down');
  const cases = {
    'api1 failed': { api1: { ms: 300, fails }, api2: { ms: 1000 } },
    'api1 failed at the very end': { api1: { ms: 1200, fails }, api2: { ms: 100 } },
    'api2 failed': { api1: { ms: 1000 }, api2: { ms: 100, fails } },
    'both failed, api1 first': { api1: { ms: 300, fails }, api2: { ms: 1000, fails } },
    'both failed, api2 first': { api1: { ms: 700, fails }, api2: { ms: 100, fails } },
  };

  for (const [happened, routes] of Object.entries(cases)) {
    await inVirtualTime(async (clock) => {
      const api = makeApi(clock, routes);
      await expect(backgroundFetches(api.fetch), `Where ${happened}`).toRejectWith(fails);
      // What still runs may fail later: that too belongs to the call.
      await sleep(5000);
      const urls = api.requests.map((request) => request.split(' ')[0]);
      if (new Set(urls).size === urls.length) return;
      expect.fail(
        `Where ${happened}, a server was asked again: ${api.requests.join(', ')}. A fetch that failed is not tried again.`,
      );
    });
  }
});

test('startAll has called every thunk once, in order, when it returns', async () => {
  const { startAll } = await load();
  const door = gate<string>();
  const calls: string[] = [];
  const thunk = (name: string) => () => {
    calls.push(name);
    return door.wait();
  };
  const [first, second] = [thunk('first'), thunk('second')];
  // The same function twice in the list is two thunks.
  const thunks = [first, second, first];
  const names = ['first', 'second', 'first'];

  const tasks = startAll(thunks);
  const atOnce = [...calls];
  const returned = tasks.length;
  door.open('done');
  await Promise.all(tasks);
  await Promise.all(tasks);
  await turns(2);

  expect(atOnce, 'The thunks called when startAll had returned').toHappenInOrder(names);
  expect(calls, 'The thunks called when all tasks had been awaited, twice').toHappenInOrder(names);
  expect(returned, 'The tasks that startAll returned for 3 thunks').toBe(3);
  if (!isDeepStrictEqual(thunks, [first, second, first])) {
    expect.fail('startAll changed the list of thunks. The list belongs to the one who calls.');
  }
});

test('awaiting a task gives its value, a plain or falsy one too', async () => {
  const { startAll } = await load();
  const values = [random().nonce(), 0, '', false, null, undefined];

  const plain = startAll(values.map((value) => () => value));
  const promised = startAll(values.map((value) => async () => value));

  for (const when of ['', ', awaited a second time']) {
    const [one, other] = [await Promise.all(plain), await Promise.all(promised)];
    expect(one, `The values of thunks that return them at once${when}`).toStrictEqual(values);
    expect(other, `The values of thunks that return promises${when}`).toStrictEqual(values);
  }
  expect(startAll([]), 'The tasks for no thunks').toEqual([]);
});

test('the status of a task is right, though nobody awaits its value', async () => {
  const { startAll } = await load();

  await inVirtualTime(async () => {
    const thunks = [() => sleep(101), () => failAfter(203), () => sleep(307), () => undefined];
    const tasks = startAll<unknown>(thunks);
    // Somebody handles the error, for this test is not about that.
    tasks[1]?.then(undefined, () => {});

    // The fourth one may be done already, or a turn later.
    const atOnce = statusesOf(tasks.slice(0, 3));
    await sleep(205);
    const later = statusesOf(tasks);
    await sleep(104);
    const inTheEnd = statusesOf(tasks);

    const sentence = 'Tasks end after 101, 203 (with an error) and 307 ms';
    const four = `${sentence}, and a fourth one at once; their status at`;
    expect(atOnce, `${sentence}; their status at 0 ms`).toEqual(['pending', 'pending', 'pending']);
    expect(later, `${four} 205 ms`).toEqual(['fulfilled', 'rejected', 'pending', 'fulfilled']);
    expect(inTheEnd, `${four} 309 ms`).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled']);
  });
});

test('an error is held until somebody awaits the task, and told each time', async () => {
  const { startAll } = await load();

  for (const failure of [new Error('the server is down'), undefined]) {
    await inVirtualTime(async () => {
      const tasks = startAll([() => failAfter(10, failure), () => failAfter(20)]);
      await sleep(1000);

      expect(
        statusesOf(tasks),
        `The status of two tasks that failed, the first with ${String(failure)}; nobody has awaited them`,
      ).toEqual(['rejected', 'rejected']);
      const task = `A task failed with ${String(failure)}, and was awaited`;
      await expect(() => tasks[0], `${task} later`).toRejectWith(failure);
      await expect(() => tasks[0], `${task} again`).toRejectWith(failure);
    });
  }
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
  lookAt(value);
  await turns(2);
  expectCalls(calls, 0, 'when somebody only looked at the value');
  await value;
  expectCalls(calls, 1, 'when somebody awaited the value');
});

test('lazy starts once, however many await it, whatever the value', async () => {
  const { lazy } = await load();

  const ways = {
    later: async <T>(value: T) => {
      await turns(1);
      return value;
    },
    'at once': <T>(value: T) => value,
  };
  for (const [way, give] of Object.entries(ways)) {
    for (const expected of [random().nonce(), undefined, 0]) {
      let calls = 0;
      const thunk = () => {
        calls += 1;
        return give(expected);
      };
      const [value, other] = [lazy<unknown>(thunk), lazy<unknown>(thunk)];

      const together = await Promise.all([value, value]);
      const given = [...together, await value];

      expect(
        given,
        `The thunk gave its value ${way}; what three were given who awaited it`,
      ).toStrictEqual([expected, expected, expected]);
      expectCalls(calls, 1, 'when three awaited the value');
      calls = 0;
      expect(await other, 'What another lazy value of the same thunk gave').toBe(expected);
      expectCalls(calls, 1, 'when another lazy value of the same thunk was awaited');
    }
  }
});

test('lazy keeps a failure too, and does not try again', async () => {
  const { lazy } = await load();
  const failure = new Error('the server is down');
  const ways = {
    'threw at once': {
      error: failure,
      fail: () => {
        throw failure;
      },
    },
    rejected: { error: failure, fail: () => Promise.reject(failure) },
    'rejected with undefined': { error: undefined, fail: () => failAfter(0, undefined) },
  };

  for (const [way, { error, fail }] of Object.entries(ways)) {
    let calls = 0;
    const value = lazy<string>(() => {
      calls += 1;
      return fail();
    });

    await expect(() => value, `The thunk ${way}`).toRejectWith(error);
    await expect(() => value, `The thunk ${way}; awaited again`).toRejectWith(error);
    expectCalls(calls, 1, `when it ${way} and two awaited the value`);
  }
});

test('`then` returns a promise for what its callback gives', async () => {
  const { lazy, startAll } = await load();
  const failure = new Error('the server is down');
  const ways = {
    'a task': (thunk: () => Promise<number>) => startAll([thunk])[0],
    'a lazy value': (thunk: () => Promise<number>) => lazy(thunk),
  };

  for (const [name, make] of Object.entries(ways)) {
    const then = `the \`then\` of ${name}`;
    const good = make(async () => 20) ?? expect.fail('startAll gave no task for one thunk.');
    // A new one each time: here somebody waits for the error from the start.
    const failed = () => make(() => Promise.reject(failure))!;

    expect(await good.then((value) => value + 1), `20 and 1 more, by ${then}`).toBe(21);
    const twice = good.then(async (value) => value + 1).then((value) => value * 2);
    expect(await twice, `20 and 1 more, later, and twice that, by ${then}`).toBe(42);
    expect(
      await good.then(null, () => 0),
      `20, by ${then} that has a callback for errors only`,
    ).toBe(20);
    const recovered = failed().then(null, () => 7);
    expect(await recovered, `What the callback for errors gave, by ${then}`).toBe(7);
    await expect(
      () => failed().then((value) => value + 1),
      `It failed, and ${then} had no callback for errors`,
    ).toRejectWith(failure);
    await expect(
      () =>
        good.then(() => {
          throw failure;
        }),
      `The callback of ${then} threw`,
    ).toRejectWith(failure);

    const steps: string[] = [];
    const called = good.then(() => steps.push('the callback'));
    steps.push('the code behind `then`');
    await called;
    expect(steps, `What ran, by ${then}, when the value was there already`).toHappenInOrder([
      'the code behind `then`',
      'the callback',
    ]);
  }
});

type Routes = Record<'api1' | 'api2', { ms: number; fails?: Error }>;

/** Two servers that answer after their time. They keep a list of what they were asked, and when. */
function makeApi(clock: VirtualClock, routes: Routes, day = 'today') {
  const seeded = random();
  const answers = { api1: `one ${day} ${seeded.nonce()}`, api2: `two ${day} ${seeded.nonce()}` };
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

async function failAfter(ms: number, ...errors: unknown[]): Promise<never> {
  await sleep(ms);
  // What was given, though it be undefined.
  throw errors.length > 0 ? errors[0] : new Error('the server is down');
}

/** Fails unless the thunk was called so often. */
function expectCalls(calls: number, expected: 0 | 1, when: string): void {
  if (calls === expected) return;
  const times = calls === 0 ? 'not called' : calls === 1 ? 'called once' : `called ${calls} times`;
  const wanted = expected === 0 ? 'not be called yet' : 'be called once';
  const message = `The thunk of lazy was ${times} ${when}; it should ${wanted}.`;
  throw new AssertionError({ message, stackStartFn: expectCalls });
}

/** Prints the value, and reads each property that it has. */
function lookAt(value: object): void {
  void [inspect(value), 'then' in value, Reflect.get(value, 'then'), Reflect.get(value, 'name')];
  for (let part: object | null = value; part !== null; part = Reflect.getPrototypeOf(part)) {
    for (const key of Reflect.ownKeys(part)) {
      try {
        void Reflect.get(value, key);
      } catch {
        // A property that refuses to be read has started nothing.
      }
    }
  }
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
