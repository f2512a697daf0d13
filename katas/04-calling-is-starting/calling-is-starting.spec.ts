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

  const { value } = await inVirtualTime(async (clock) => {
    const api = makeApi(clock, { api1: { ms: 1000 }, api2: { ms: 1000 } });
    const report = backgroundFetches(api.fetch);
    const atOnce = [...api.requests];
    await report;
    return { atOnce, requests: api.requests };
  });

  expect(value.requests, 'What was asked, and when').toHappenInOrder([
    'api1 at 0 ms',
    'api2 at 500 ms',
  ]);
  expect(
    value.atOnce,
    'What had been asked when backgroundFetches returned its promise',
  ).toHappenInOrder(['api1 at 0 ms']);
});

test('gives the answer of api1 first, though api2 is quicker', async () => {
  const { backgroundFetches } = await load();

  const kinds = { Monday: undefined, 'a day with empty answers': { api1: '', api2: '' } };
  for (const [day, given] of Object.entries(kinds)) {
    await inVirtualTime(async (clock) => {
      const api = makeApi(clock, { api1: { ms: 1000 }, api2: { ms: 100 } }, given);
      const report = () => backgroundFetches(api.fetch);

      const reports = [...(await Promise.all([report(), report()])), await report()];

      const { api1, api2 } = api.answers;
      for (const answers of reports) {
        expect(answers, `The answers of api1 and api2 on ${day}`).toEqual([api1, api2]);
      }
      expect(
        api.requests.length,
        'How often a server was asked for three reports, two of them made side by side',
      ).toBe(6);
    });
  }
});

test('a fetch that fails early makes the call reject, and nothing else', async () => {
  const { backgroundFetches } = await load();
  const fails = new Error('the server is down');
  const cases: Record<string, Routes> = {
    'api1 failed': { api1: { ms: 300, fails }, api2: { ms: 1000 } },
    'api1 failed at the very end': { api1: { ms: 1200, fails }, api2: { ms: 100 } },
    'api2 failed': { api1: { ms: 1000 }, api2: { ms: 100, fails } },
    'api1 failed with undefined': { api1: { ms: 300, fails: undefined }, api2: { ms: 1000 } },
    'both failed, api1 first': { api1: { ms: 300, fails }, api2: { ms: 1000, fails } },
    'both failed, api2 first': { api1: { ms: 700, fails }, api2: { ms: 100, fails } },
    'both failed, each with its own error': {
      api1: { ms: 0, fails },
      api2: { ms: 0, fails: new Error('this server is down, too') },
    },
  };

  for (const [happened, routes] of Object.entries(cases)) {
    await inVirtualTime(async (clock) => {
      const api = makeApi(clock, routes);
      const report = backgroundFetches(api.fetch);
      const [outcome] = await Promise.allSettled([report]);
      const errors = Object.values(routes).flatMap((route) =>
        'fails' in route ? [route.fails] : [],
      );
      const told = outcome.status === 'rejected' ? errorsToldBy(outcome.reason) : [];
      // One of the two is enough, where both failed.
      if (!errors.some((error) => told.includes(error))) {
        await expect(report, `Where ${happened}`).toRejectWith(errors[0]);
      }
      // What still runs may fail later: that too belongs to the call.
      await sleep(5000);
      const urls = api.requests.map((request) => request.split(' ')[0]);
      if (new Set(urls).size < urls.length) {
        expect.fail(
          `Where ${happened}, a server was asked again: ${api.requests.join(', ')}. A fetch that failed is not tried again.`,
        );
      }
      const next = makeApi(clock, { api1: { ms: 10 }, api2: { ms: 10 } });
      const answers = await backgroundFetches(next.fetch).catch(
        (error: unknown) => `an error: ${String(error)}`,
      );
      const { api1, api2 } = next.answers;
      expect(answers, `The next report, after the one where ${happened}`).toEqual([api1, api2]);
    });
  }
});

test('startAll has called every thunk once, in order, when it returns', async () => {
  const { startAll } = await load();
  const door = gate<string>();
  const calls: string[] = [];
  const passed: unknown[] = [];
  const thunk =
    (name: string) =>
    (...words: unknown[]) => {
      calls.push(name);
      passed.push(...words.filter((word) => word !== undefined));
      return door.wait();
    };
  const [first, second] = [thunk('first'), thunk('second')];
  // The same function twice in the list is two thunks.
  const thunks = [first, first, second];
  const names = ['first', 'first', 'second'];

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
  if (!isDeepStrictEqual(thunks, [first, first, second])) {
    expect.fail('startAll changed the list of thunks. The list belongs to the one who calls.');
  }
  if (passed.length > 0) {
    expect.fail(
      `startAll called a thunk with arguments: ${inspect(passed[0], { depth: 0 })} was one of them. A thunk is called without any.`,
    );
  }

  let many = 0;
  startAll(Array.from({ length: 100 }, () => () => (many += 1)));
  expect(many, 'How many of 100 thunks had been called when startAll had returned').toBe(100);
});

test('awaiting a task gives its value, a plain or falsy one too', async () => {
  const { startAll } = await load();
  // What looks like a failure or like work can be a value, too.
  const odd = [new Error('only a value, which nobody threw'), () => 'called', ['a list']];
  const values = [random().nonce(), 0, '', false, null, undefined, ...odd];
  let calls = 0;

  const plain = startAll(values.map((value) => () => ((calls += 1), value)));
  const promised = startAll(values.map((value) => async () => value));

  for (const when of ['', ', awaited a second time']) {
    const [one, other] = [await Promise.all(plain), await Promise.all(promised)];
    expect(one, `The values of thunks that return them at once${when}`).toStrictEqual(values);
    expect(other, `The values of thunks that return promises${when}`).toStrictEqual(values);
    const isOwn = (value: unknown, index: number) => Object.is(value, values[index]);
    if (!one.every(isOwn) || !other.every(isOwn)) {
      expect.fail('A task gave a copy of what its thunk gave. It should give the very same thing.');
    }
  }
  expect(
    calls,
    `The calls of ${values.length} thunks with plain values, when each task had been awaited twice`,
  ).toBe(values.length);
  expect(startAll([]), 'The tasks for no thunks').toEqual([]);

  await inVirtualTime(async () => {
    const task = startAll([() => sleep(10, 'the value')])[0];
    const told: string[] = [];
    for (const name of ['first', 'second', 'third']) {
      void task?.then((value) => told.push(`the ${name} was given ${value}`));
    }
    await sleep(1000);
    expect(told, 'Three called `then` of a task before its end').toHappenInOrder([
      'the first was given the value',
      'the second was given the value',
      'the third was given the value',
    ]);
  });
});

test('the status of a task is right, though nobody awaits its value', async () => {
  const { startAll } = await load();

  await inVirtualTime(async () => {
    const ways = [() => sleep(101), () => failAfter(203), () => sleep(307)];
    const next = () => ways.shift()?.();
    // The same function three times: what it gives is another promise each time.
    const tasks = startAll<unknown>([next, next, next, () => undefined]);
    // Another list, whose tasks end at other times.
    const others = startAll<unknown>([() => sleep(400), () => undefined, () => sleep(400)]);
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
    expect(
      statusesOf(others),
      'Tasks of another list end after 400 ms, at once and after 400 ms; their status at 309 ms',
    ).toEqual(['pending', 'fulfilled', 'pending']);

    // What somebody does with the value or the error is no matter of the task.
    await tasks[0]?.then(() => failAfter(0)).then(null, () => {});
    await tasks[1]?.then(null, () => {});
    await turns(2);
    expect(
      statusesOf(tasks.slice(0, 2)),
      'The status of a good task whose callback failed, and of a failed one whose error was handled',
    ).toEqual(['fulfilled', 'rejected']);

    // No time passes in a turn: a timer that looks how the work stands has not fired.
    const door = gate();
    const soon = startAll([
      () => door.wait(),
      () => door.wait().then(() => failAtOnce(new Error('closed'))),
    ]);
    soon[1]?.then(undefined, () => {});
    door.open();
    await turns(2);
    expect(
      statusesOf(soon),
      'The status of a good task and of a failed one, a turn of the event loop after their end',
    ).toEqual(['fulfilled', 'rejected']);
  });
});

test('an error is held until somebody awaits the task, and told each time', async () => {
  const { startAll } = await load();

  for (const failure of [new Error('the server is down'), undefined, null]) {
    await inVirtualTime(async () => {
      let calls = 0;
      const fails = () => {
        calls += 1;
        return failAfter(10, failure);
      };
      const tasks = startAll([fails, () => failAfter(20)]);
      await sleep(1000);

      expect(
        statusesOf(tasks),
        `The status of two tasks that failed, the first with ${String(failure)}; nobody has awaited them`,
      ).toEqual(['rejected', 'rejected']);
      const task = `A task failed with ${String(failure)}, and was awaited`;
      await expect(() => tasks[0], `${task} later`).toRejectWith(failure);
      await expect(() => tasks[0], `${task} again`).toRejectWith(failure);
      expect(calls, 'The calls of a thunk that failed, when its task had been awaited twice').toBe(
        1,
      );

      if (failure) {
        const label = 'The message of the error, when it had been told';
        expect(failure.message, label).toBe('the server is down');
      }

      const [early] = startAll([fails]);
      const told: unknown[] = [];
      for (let asked = 0; asked < 2; asked += 1) {
        void early?.then(null, (error: unknown) => told.push(error));
      }
      await sleep(1000);
      expect(told, 'What two were told who awaited a task before it failed').toEqual([
        failure,
        failure,
      ]);
    });
  }
});

test('a thunk that throws at once fails its own task, and no other', async () => {
  const { startAll } = await load();

  for (const failure of [new Error('the server is down'), undefined]) {
    await inVirtualTime(async () => {
      const thunks = [async () => 'first', () => failAtOnce(failure), async () => 'third'];

      const tasks = outcomeOfCall(() => startAll<string>(thunks));
      // Nobody awaits them yet.
      await turns(2);

      const sentence = `The second of three thunks threw ${String(failure)} at once`;
      expect(statusesOf(tasks), `${sentence}; their status a turn later`).toEqual([
        'fulfilled',
        'rejected',
        'fulfilled',
      ]);
      await expect(() => tasks[1], `${sentence}; its task`).toRejectWith(failure);
      expect(await tasks[2], `${sentence}; the value of the third`).toBe('third');
    });
  }
});

test('lazy starts nothing before it is awaited, also when it is looked at', async () => {
  const { lazy } = await load();
  let calls = 0;
  const make = () => lazy(async () => (calls += 1));

  // A timer that would start it has its time, and costs none.
  await inVirtualTime(async () => {
    const value = make();

    await sleep(60_000);
    expectCalls(calls, 0, 'before anybody awaited the value');
    lookAt(value);
    await sleep(60_000);
    expectCalls(calls, 0, 'when somebody only looked at the value');
    await value;
    expectCalls(calls, 1, 'when somebody awaited the value');
    calls = 0;
    void make().then(() => {});
    await turns(2);
    expectCalls(calls, 1, 'when somebody called `then` and awaited nothing');
  });
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
  const odd = [new Error('only a value, which nobody threw'), ['a list']];
  const values = [random().nonce(), undefined, 0, null, false, '', ...odd];
  for (const [way, give] of Object.entries(ways)) {
    for (const expected of values) {
      let calls = 0;
      const thunk = () => {
        calls += 1;
        return give(expected);
      };
      const [value, other] = [lazy<unknown>(thunk), lazy<unknown>(thunk)];
      const beside = lazy<unknown>(() => give('something else'));

      const [one, two, third] = await Promise.all([value, value, beside]);
      const given = [one, two, await value];

      const sentence = `The thunk gave its value ${way}; what three were given who awaited it`;
      expect(given, sentence).toStrictEqual([expected, expected, expected]);
      if (!given.every((one) => Object.is(one, expected))) {
        expect.fail('lazy gave a copy of what its thunk gave. It should give the very same thing.');
      }
      expectCalls(calls, 1, 'when three awaited the value');
      expect(third, 'What another lazy value gave, awaited at the same time').toBe(
        'something else',
      );
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
    'threw at once': { error: failure, fail: () => failAtOnce(failure) },
    'threw undefined at once': { error: undefined, fail: () => failAtOnce(undefined) },
    rejected: { error: failure, fail: () => Promise.reject(failure) },
    'rejected with undefined': { error: undefined, fail: () => failAfter(0, undefined) },
  };

  for (const [way, { error, fail }] of Object.entries(ways)) {
    let calls = 0;
    const value = lazy<string>(() => {
      calls += 1;
      return fail();
    });

    const together = [Promise.resolve(value), Promise.resolve(value)];
    await Promise.allSettled(together);
    for (const one of together) {
      await expect(one, `The thunk ${way}, and two awaited it at once`).toRejectWith(error);
    }
    await expect(() => value, `The thunk ${way}; awaited again`).toRejectWith(error);
    expectCalls(calls, 1, `when it ${way} and three awaited the value`);
  }
});

test('`then` returns a promise for what its callback gives', async () => {
  const { lazy, startAll } = await load();
  const failure = new Error('the server is down');
  type Thunk = () => number | Promise<number>;
  const ways = {
    'a task': (thunk: Thunk) => startAll([thunk])[0],
    'a lazy value': (thunk: Thunk) => lazy(thunk),
  };

  for (const [name, make] of Object.entries(ways)) {
    const then = `the \`then\` of ${name}`;
    const good = make(async () => 20) ?? expect.fail('startAll gave no task for one thunk.');
    // A new one each time: here somebody waits for the error from the start.
    const failed = () => make(() => Promise.reject(failure))!;

    expect(await good.then((value) => value + 1), `20 and 1 more, by ${then}`).toBe(21);
    const twice = good.then(async (value) => value + 1).then((value) => value * 2);
    expect(await twice, `20 and 1 more, later, and twice that, by ${then}`).toBe(42);
    const nested = good.then(() => make(() => 5)!);
    expect(await nested, `The callback of ${then} gave another one, whose value is 5`).toBe(5);
    for (const missing of [null, undefined]) {
      expect(
        await good.then(missing, () => 0),
        `20, by ${then} that has a callback for errors only`,
      ).toBe(20);
      const recovered = failed().then(missing, () => 7);
      expect(await recovered, `What the callback for errors gave, by ${then}`).toBe(7);
    }
    expect(await good.then(null, undefined), `20, by ${then} without callbacks`).toBe(20);
    const either = failed().then(
      (value) => value + 1,
      () => 7,
    );
    expect(await either, `It failed, and the callback for errors gave 7, by ${then}`).toBe(7);
    await expect(
      () => failed().then((value) => value + 1),
      `It failed, and ${then} had no callback for errors`,
    ).toRejectWith(failure);
    await expect(
      () => good.then(() => failAtOnce(failure)),
      `The callback of ${then} threw`,
    ).toRejectWith(failure);
    await expect(
      () =>
        good.then(
          () => failAtOnce(failure),
          () => 'handled',
        ),
      `The first callback of ${then} threw; the second one is not for its errors`,
    ).toRejectWith(failure);
    const another = new Error('another error');
    await expect(
      () => failed().then(null, () => failAtOnce(another)),
      `The callback for errors of ${then} threw`,
    ).toRejectWith(another);

    const bad = failed();
    await bad.then(null, () => {});
    const moments = {
      'the value was there already': { value: good, isThere: true },
      'the error was there already': { value: bad, isThere: true },
      'the thunk gives a plain value': { value: make(() => 1)!, isThere: false },
    };
    for (const [when, { value, isThere }] of Object.entries(moments)) {
      await inVirtualTime(async () => {
        const steps: string[] = [];
        const later = turns(3).then(() => isThere && steps.push('three turns of the event loop'));
        const push = () => steps.push('the callback');
        const called = value.then(push, push);
        steps.push('the code behind `then`');
        await later;
        await called;
        expect(steps, `What ran, by ${then}, when ${when}`).toHappenInOrder([
          'the code behind `then`',
          'the callback',
          ...(isThere ? ['three turns of the event loop'] : []),
        ]);
      });
    }
  }
});

type Routes = Record<'api1' | 'api2', { ms: number; fails?: unknown }>;

/** Two servers that answer after their time. They keep a list of what they were asked, and when. */
function makeApi(
  clock: VirtualClock,
  routes: Routes,
  answers = { api1: `one ${random().nonce()}`, api2: `two ${random().nonce()}` },
) {
  const requests: string[] = [];
  const fetch = async (url: string): Promise<string> => {
    requests.push(`${url} at ${clock.now} ms`);
    if (url !== 'api1' && url !== 'api2') throw new Error(`Nobody answers at "${url}".`);
    const { ms, ...more } = routes[url];
    const bar = currentTrace().begin(`fetch ${url}`, 'request');
    if (ms > 0) await sleep(ms);
    bar.end('fails' in more ? 'failed' : 'done');
    if ('fails' in more) throw more.fails;
    return answers[url];
  };
  return { fetch, answers, requests };
}

/** An error itself, and what it tells of: its `cause`, and the `errors` of an AggregateError. */
function errorsToldBy(reason: unknown): unknown[] {
  if (!(reason instanceof Error)) return [reason];
  const parts: unknown[] = reason instanceof AggregateError ? [...reason.errors] : [];
  if ('cause' in reason) parts.push(reason.cause);
  return [reason, ...parts.flatMap(errorsToldBy)];
}

async function failAfter(ms: number, ...errors: unknown[]): Promise<never> {
  await sleep(ms);
  // What was given, though it be undefined.
  throw errors.length > 0 ? errors[0] : new Error('the server is down');
}

function failAtOnce(error: unknown): never {
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

/** Prints the value, and reads each property that it has. */
function lookAt(value: object): void {
  try {
    void `It is ${value as unknown as string}.`;
  } catch {
    // What cannot be a text has started nothing.
  }
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
