import { AssertionError } from 'node:assert';
import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import {
  currentTrace,
  eachAbortPoint,
  expect,
  gate,
  inVirtualTime,
  kata,
  microtasks,
  random,
  settled,
  test,
  turns,
  watchAsyncWork,
} from '#harness';
import type { Gate, VirtualClock } from '#harness';
import type { Semaphore } from './bounded-concurrency.ts';

// What an abort may say: it need not be an error, nor be true.
const reasons = [new Error('The customer went home.'), 'He went home.', null] as const;

const load = kata(() => import('./bounded-concurrency.ts'));

timed('a free place is taken in the same millisecond, by the next item', async (clock) => {
  const { mapLimit } = await load();
  // The first item outlasts several others: whoever waits for the whole batch is late.
  const lengths = [700, ...random().shuffle([100, 100, 200, 300, 100, 200, 400, 100])];
  const starts: number[] = [];

  // Another list with the same limit, which keeps all of its own places.
  const other = mapLimit([1, 2, 3], 3, () => sleep(5000));
  await mapLimit(lengths, 3, async (ms, index) => {
    starts.push(clock.now);
    await work(`item ${index + 1}`, ms);
  });

  expect(starts).toStartAt(startsWithoutIdling(lengths, 3));
  await other;
  expect(clock.now, 'Three items of 5000 ms, with three places, had ended at').toBe(5000);

  for (const [kind, source] of [
    ['a generator', each(lengths)],
    ['an async generator', eachAsync(lengths)],
  ] as const) {
    const began = clock.now;
    const startsHere: number[] = [];
    await mapLimit(source, 3, async (ms) => {
      startsHere.push(clock.now - began);
      await sleep(ms);
    });
    expect(startsHere, `When the items of ${kind} began`).toStartAt(
      startsWithoutIdling(lengths, 3),
    );
  }
  const began = clock.now;
  const arrivals: number[] = [];
  // Each item is done before the next one comes.
  const slow = await mapLimit(eachAsync([1, 2, 3], 40), 2, async (item) => {
    arrivals.push(clock.now - began);
    await sleep(10);
    return item;
  });
  expect(arrivals, 'When the items began, of a source that gives one in 40 ms').toStartAt([
    40, 80, 120,
  ]);
  expect(slow, 'The results, for a source that is slower than the work').toEqual([1, 2, 3]);
});

timed('gives the results in the order of the items, of every kind of source', async () => {
  const { mapLimit } = await load();
  const numbers = random();
  const items = [numbers.nonce(), undefined, 0, '', numbers.nonce(), null];
  const sources = {
    'an array': items,
    'a Set': new Set(items),
    'a generator': each(items),
    'an async generator': eachAsync(items),
  };

  for (const [kind, source] of Object.entries(sources)) {
    const results = await mapLimit(source, 2, async (item, index) => {
      await sleep(100 - index * 15);
      return [item, index];
    });
    const expected = items.map((item, index) => [item, index]);
    expect(results, `The results for ${kind}, each the item and its index`).toEqual(expected);
  }
  expect(
    await mapLimit(items, 9, (_, index) => index * 2),
    'The results of a plain function',
  ).toEqual([0, 2, 4, 6, 8, 10]);
  // Strict: a hole in the list is no result.
  expect(
    await mapLimit([...items, undefined], 2, (item) => item),
    'The results of a function that gives back each item',
  ).toStrictEqual([...items, undefined]);
  for (const none of [[], each([]), eachAsync([])]) {
    const mapping = mapLimit<never, string>(none, 2, () => 'called');
    await stands(mapping, 'fulfilled', 'The call of mapLimit for a source without items');
    expect(await mapping, 'The results for no items').toEqual([]);
  }
});

timed('asks the source for an item only when there is a place for it', async () => {
  const { mapLimit } = await load();

  for (const kind of ['generator', 'async generator'] as const) {
    const source = new Endless();
    const items = kind === 'generator' ? source.items() : source.asyncItems();
    let done = 0;
    let most = 0;
    source.onAsked = () => {
      most = Math.max(most, source.asked - done);
    };
    const mapping = mapLimit(items, 3, async (item) => {
      await sleep(item === 1 ? 500 : 100);
      done += 1;
      if (done === 12) throw new Error('Enough.');
    });

    await mapping.catch(() => {});
    // One may lie ready: who takes an item first, and waits for its place then, has one more.
    if (most <= 4) continue;
    expect.fail(
      `Of an endless ${kind}, ${most} items were taken and not done yet. There are places for 3, and one more may lie ready.`,
    );
  }
});

timed('after a failure nothing more is started, and the source is closed', async () => {
  const { mapLimit } = await load();

  for (const kind of ['generator', 'slow async generator'] as const) {
    const source = new Endless();
    const items = kind === 'generator' ? source.items() : source.asyncItems(40);
    let starts = 0;
    // Up to the failure, when no place is free that was not free before.
    let before = { starts, asked: source.asked };
    const mapping = mapLimit(items, 3, async (item) => {
      starts += 1;
      await sleep(item === 1 ? 50 : 100);
      if (item > 1) return;
      before = { starts, asked: source.asked };
      throw new Error('No such address.');
    });

    await mapping.catch(() => {});
    await sleep(1000);

    expectNone(starts - before.starts, `Items of a ${kind} that were started after the failure`);
    if (kind === 'generator') {
      expectNone(
        source.asked - before.asked,
        `Items that were asked of a ${kind} after the failure`,
      );
    }
    if (!source.closed)
      expect.fail(`The ${kind} is still open after the failure: its return() was not called.`);
  }
});

timed('rejects with the first failure, of the work or of the source', async (clock) => {
  const { mapLimit } = await load();
  const failure = new Error('No such address.');
  const tooLate = new Error('Too late.');
  const another = new Error('Another error, of the work.');
  // The failure comes after so many milliseconds; what was begun before it has ended `until` then.
  const cases = [
    {
      what: 'The second item rejects',
      items: [1000, 100, 200],
      expected: failure,
      after: 100,
      until: 1000,
    },
    {
      what: 'An item throws undefined',
      items: each([1000, 100, 200]),
      expected: undefined,
      after: 100,
      until: 1000,
    },
    {
      what: 'An item throws at once',
      items: each([1000, 0]),
      expected: failure,
      after: 0,
      until: 1000,
    },
    {
      what: 'The source is stuck when an item rejects',
      items: stuckAfter([100]),
      expected: failure,
      after: 100,
      until: 1000,
    },
    {
      what: 'The source fails',
      items: failsAfter([1000], 100, failure),
      fails: another,
      expected: failure,
      after: 100,
      until: 1000,
    },
    {
      what: 'The source rejects with undefined',
      items: failsAfter([1000], 100, undefined),
      fails: another,
      expected: undefined,
      after: 100,
      until: 1000,
    },
    {
      what: 'A source that is not asynchronous throws at once',
      items: throwsAtOnce(failure),
      expected: failure,
      after: 0,
      until: 0,
    },
    {
      what: 'A source that is asynchronous throws at once, and gives no promise',
      items: throwsAtOnceAsync(failure),
      expected: failure,
      after: 0,
      until: 0,
    },
    {
      what: 'The source throws when it is asked for its iterator',
      items: cannotBeOpened(failure),
      expected: failure,
      after: 0,
      until: 0,
    },
    {
      what: 'An item rejects, and the source fails later',
      items: failsAfter([100], 500, tooLate),
      expected: failure,
      after: 100,
      until: 500,
    },
    {
      what: 'An item rejects, and the return() of the source throws',
      items: closesBadly([1000, 100, 1000, 1000]),
      expected: failure,
      after: 100,
      until: 1000,
    },
    {
      what: 'An item rejects, and the return() of the source rejects',
      items: closesBadlyAsync([1000, 100, 1000, 1000]),
      expected: failure,
      after: 100,
      until: 1000,
    },
  ];

  for (const { what, items, fails, expected, after, until } of cases) {
    const began = clock.now;
    const mapping = promised(what, () => mapLimit(items, 3, (ms) => failIn(ms, fails ?? expected)));
    const outcome = await mapping.then(
      () => expect.fail(`${what}, but mapLimit resolved as if nothing had happened.`),
      (reason: unknown) => reason,
    );

    const tookMs = clock.now - began;
    // Who still waits for the source when it fails too may tell of that failure; who closes it, of the error of its return().
    if (outcome !== notClosed && (outcome !== tooLate || tookMs < until)) {
      expect(outcome, `${what}: what mapLimit rejected with`).toBe(expected);
    }
    if (tookMs < after || tookMs > until) {
      expect.fail(
        `${what}, after ${after} ms, and what was begun before has ended after ${until} ms. mapLimit rejected after ${tookMs} ms.`,
      );
    }
    // What runs on fails too, and nobody may have to handle that.
    await sleep(3000);
  }
});

timed('an abort ends mapLimit, and nothing more is started', async (clock) => {
  const { mapLimit } = await load();
  const [reason] = reasons;
  const controller = new AbortController();
  const source = new Endless();
  let starts = 0;
  const start = (signal: AbortSignal) =>
    mapLimit(
      source.items(),
      2,
      () => {
        starts += 1;
        return sleep(100);
      },
      { signal },
    );

  for (const reason of reasons) {
    await expect(() => start(AbortSignal.abort(reason))).toRejectWith({ reason });
  }
  expectNone(starts, 'Items that were started, though the signal was aborted before the call');
  expectNone(
    source.asked,
    'Items that were asked for, though the signal was aborted before the call',
  );
  let before = { starts, asked: source.asked };
  setTimeout(() => {
    before = { starts, asked: source.asked };
    controller.abort(reason);
  }, 150);
  await expect(start(controller.signal)).toRejectWith({ reason });
  // The items at work end at 200 ms: who waits for them is no later.
  if (clock.now < 150 || clock.now > 200) {
    expect.fail(
      `It was aborted at 150 ms, and what was at work ended at 200 ms. It rejected at ${clock.now} ms.`,
    );
  }
  await sleep(1000);
  expectNone(starts - before.starts, 'Items that were started after the abort');
  expectNone(source.asked - before.asked, 'Items that were asked for after the abort');
  if (!source.closed)
    expect.fail('The source is still open after the abort: its return() was not called.');

  const searching = new AbortController();
  const began = clock.now;
  setTimeout(() => searching.abort(reason), 150);
  const mapping = mapLimit(stuckAfter([10]), 2, () => {}, { signal: searching.signal });
  await expect(mapping).toRejectWith({ reason });
  const tookMs = clock.now - began;
  // Who has asked the source may wait for its answer: it comes a second after the first item, or after its end.
  if (tookMs < 150 || tookMs > 1010) {
    expect.fail(
      `The source looked for its next item for a second, and an abort came at 150 ms. mapLimit rejected at ${tookMs} ms.`,
    );
  }

  for (const reason of reasons) {
    const late = new AbortController();
    const workFailed = new Error('The work failed after the abort.');
    const sourceFailed = new Error('The source failed after the abort.');
    const failLater = () => failIn(100, workFailed);
    const sourceFailsLater = failsAfter([1], 100, sourceFailed);
    const mappings = [[1, 2, 3], sourceFailsLater].map((items) =>
      mapLimit(items, 2, failLater, { signal: late.signal }),
    );
    mappings.push(mapLimit([1, 2, 3], 2, () => sleep(100), { signal: late.signal }));
    setTimeout(() => late.abort(reason), 50);
    const all = await Promise.allSettled(mappings);
    for (const [index, outcome] of all.entries()) {
      // Who still waits for the work or for the source when it fails may tell of that.
      const heard = outcome.status === 'rejected' ? outcome.reason : undefined;
      if (heard === workFailed || heard === sourceFailed) continue;
      await expect(mappings[index]).toRejectWith({ reason });
    }
    // What fails after the abort may not have to be handled by anybody.
    await sleep(200);
  }

  await eachAbortPoint(async ({ signal, arm }) => {
    const endless = new Endless();
    const after = { starts: 0, asked: 0 };
    endless.onAsked = () => {
      if (signal.aborted) after.asked += 1;
    };
    const work = () => {
      if (signal.aborted) after.starts += 1;
      return sleep(100);
    };
    const soon = mapLimit(endless.items(), 2, work, { signal });
    arm();
    await soon.catch(() => {});
    await sleep(200);
    // The abort may be too late for those that were about to begin in the two places, and for one that lies ready.
    if (after.starts > 2 || after.asked > 3) {
      expect.fail(
        `The signal was aborted in the moment in which two items began. After that ${after.starts} were started, and ${after.asked} were asked for: also some whose place came free later.`,
      );
    }
  });
});

timed('refuses a limit that is no whole number above zero', async () => {
  const { Semaphore, mapLimit } = await load();

  for (const limit of [0, -1, 1.5, Number.NaN]) {
    const calls: unknown[] = [];
    const source = new Endless();
    let opened = 0;
    const items = {
      [Symbol.iterator]: () => {
        opened += 1;
        return source.items();
      },
    };
    // Whatever it says, it says something.
    const refusal = { name: 'RangeError', message: /\S/ };
    await expect(() => new Semaphore(limit)).toRejectWith(refusal);
    const mapping = Promise.try(() => mapLimit(items, limit, (item) => calls.push(item)));
    await stands(mapping, 'rejected', `With a limit of ${limit}, mapLimit`);
    await expect(mapping).toRejectWith(refusal);
    expect(calls, `Calls of fn with a limit of ${limit}`).toEqual([]);
    expectNone(source.asked, `Items that were asked for with a limit of ${limit}`);
    expectNone(opened, `Iterators that the source was asked for with a limit of ${limit}`);
    await expect(() => mapLimit([], limit, () => {})).toRejectWith(refusal);
  }
});

timed('a permit is held until the work has settled, however it ends', async (clock) => {
  const { Semaphore } = await load();
  const semaphore = new Semaphore(2);
  const controller = new AbortController();
  const [rejection, thrown] = [new Error('It rejected.'), new Error('It threw at once.')];
  const tooLate = new Error('Too late.');
  const starts: number[] = [];
  const run = (ms: number, error?: Error) =>
    semaphore.run(
      () => {
        starts.push(clock.now);
        return endIn(ms, error);
      },
      // Aborted when the first two have begun: they hold their permits to the end.
      starts.length < 2 ? { signal: controller.signal } : {},
    );

  const first = [run(300), run(100, rejection)];
  await sleep(50);
  controller.abort(tooLate);
  const rest = [run(0, thrown), run(100), run(100), run(0)];
  const all = Promise.allSettled([...first, ...rest]);
  await sleep(1000);

  expect(starts).toStartAt([0, 0, 100, 100, 200, 300]);
  const outcomes = (await all).map(told);
  for (const [index, expected] of [300, rejection, thrown, 100, 100, 0].entries()) {
    // The caller of the first two may be told of the abort: it is his signal.
    if (index < 2 && tellsOf(outcomes[index], tooLate)) continue;
    expect(outcomes[index], `What call ${index + 1} of run came to`).toBe(expected);
  }

  const single = new Semaphore(1);
  for (const value of ['He went home.', undefined]) {
    const throwsIt = () => {
      throw value;
    };
    for (const [what, fn] of [
      ['threw', throwsIt],
      ['rejected with', async () => throwsIt()],
    ] as const) {
      const when = `A permit was free, and fn ${what} ${inspect(value)}`;
      const [outcome] = await Promise.allSettled([promised(when, () => single.run(fn))]);
      if (outcome.status === 'fulfilled') {
        expect.fail(`${when}, but run resolved as if nothing had happened.`);
      }
      expect(outcome.reason, `${when}: what run rejected with`).toBe(value);
      await onePermitIsLeft(single, when);
    }
  }
  const holder = new AbortController();
  const release = await single.acquire({ signal: holder.signal });
  const next = single.acquire();
  holder.abort(new Error('Too late.'));
  await stands(
    next,
    'pending',
    'The only permit was out when the signal of its holder was aborted. The next who asked',
  );
  release();
  (await next)();
});

timed('one permit wakes one waiter, the longest waiting, newcomers last', async () => {
  const { Semaphore } = await load();
  const names = ['first waiter', 'second waiter', 'third waiter', 'newcomer'];
  const givenInTurn =
    'Three waited, a permit came back, a newcomer asked. Who was given one permit each';

  for (let moment = 0; moment <= 20; moment += 1) {
    const [semaphore, other] = [new Semaphore(2), new Semaphore(1)];
    const order: string[] = [];
    const held: (() => void)[] = [];
    const ask = async (name: string, from = semaphore) => {
      const release = await from.acquire();
      order.push(name);
      held.push(release);
    };
    // Those who ask by run stand in the same queue.
    const askByRun = (name: string) =>
      semaphore.run(() => {
        order.push(name);
        const done = gate();
        held.push(() => done.open());
        return done.wait();
      });
    const [release] = await Promise.all([semaphore.acquire(), semaphore.acquire()]);
    const otherRelease = await other.acquire();
    const stranger = ask('waiter of another semaphore', other);
    const asked = [ask('first waiter'), askByRun('second waiter'), ask('third waiter')];

    release();
    if (moment > 0) await microtasks(moment);
    asked.push(moment % 2 === 0 ? ask('newcomer') : askByRun('newcomer'));
    for (let served = 1; served <= names.length; served += 1) {
      await aWhile();
      expect(order, givenInTurn).toHappenInOrder(names.slice(0, served));
      held.at(-1)!();
    }
    otherRelease();
    for (const giveBack of held) giveBack();
    await Promise.all([...asked, stranger]);
  }

  const semaphore = new Semaphore(2);
  const releases = await Promise.all([semaphore.acquire(), semaphore.acquire()]);
  const given: (() => void)[] = [];
  const three = [1, 2, 3].map(() => semaphore.acquire().then((give) => given.push(give)));
  for (const release of releases) release();
  await aWhile();
  expect(given, 'Two permits came back in one moment. Waiters that have one now').toHaveLength(2);
  given[0]!();
  await Promise.all(three);
});

timed('an aborted waiter rejects at once, and leaves the queue', async () => {
  const { Semaphore } = await load();
  const semaphore = new Semaphore(1);
  const [reason] = reasons;
  const calls: string[] = [];
  const aborted = { signal: AbortSignal.abort(reason) };

  for (const reason of reasons) {
    const signal = AbortSignal.abort(reason);
    for (const [name, call] of [
      ['run', () => semaphore.run(() => calls.push('it'), { signal })],
      ['acquire', () => semaphore.acquire({ signal })],
    ] as const) {
      const refusal = Promise.try<unknown, []>(call);
      await stands(
        refusal,
        'rejected',
        `A permit was free, and the signal was aborted. The ${name}`,
      );
      await expect(refusal).toRejectWith({ reason });
    }
  }
  const release = await semaphore.acquire();
  const late = Promise.try(() => semaphore.acquire(aborted));
  await stands(late, 'rejected', 'While the permit is held, a call with an aborted signal');
  await expect(late).toRejectWith({ reason });
  const first = semaphore.acquire();
  // Two that wait with each signal.
  const controllers = reasons.map((given) => [new AbortController(), given] as const);
  const waiting = controllers.map(([{ signal }]) => ({
    run: semaphore.run(() => calls.push('it'), { signal }),
    acquire: semaphore.acquire({ signal }),
  }));
  const rest = [semaphore.acquire(), semaphore.acquire()];
  const all = Promise.allSettled(waiting.flatMap(({ run, acquire }) => [run, acquire]));
  for (const [controller, given] of controllers) controller.abort(given);

  for (const [index, { run, acquire }] of waiting.entries()) {
    await stands(run, 'rejected', 'While the permit is held, the run that was aborted');
    await stands(acquire, 'rejected', 'While the permit is held, the acquire that was aborted');
    await expect(run).toRejectWith({ reason: reasons[index] });
    await expect(acquire).toRejectWith({ reason: reasons[index] });
  }
  await all;
  for (const other of [first, ...rest]) {
    await stands(other, 'pending', 'While the permit is held, one who was not aborted');
  }
  release();
  await stands(first, 'fulfilled', 'A permit came back. The first of those who had not given up');
  for (const other of rest) {
    await stands(other, 'pending', 'A permit came back. A later one of those who had not given up');
  }
  (await first)();
  await stands(rest[0]!, 'fulfilled', 'It came back again. The second who had not given up');
  (await rest[0]!)();
  await stands(rest[1]!, 'fulfilled', 'It came back again. The last who had not given up');
  expect(calls, 'What the aborted calls of run called all the same').toEqual([]);
});

timed('an abort in the moment of the hand-off eats no permit', async () => {
  const { Semaphore } = await load();

  await eachAbortPoint(async ({ signal, arm }) => {
    const semaphore = new Semaphore(1);
    const release = await semaphore.acquire();
    const waiter = semaphore.acquire({ signal }).then((give) => give());
    let called = false;
    const work = () => {
      called = true;
    };
    const runner = semaphore.run(work, { signal });
    const next = semaphore.run(() => {});
    const all = Promise.allSettled([waiter, runner, next]);

    // The abort comes up to ten microtasks before the release, and up to ten after it.
    arm();
    await microtasks(10);
    release();

    await stands(all, 'fulfilled', 'When the permit was released, one of three waiters');
    if (called && (await settled(runner)) === 'rejected') {
      expect.fail('run called fn, and rejected all the same, as if it had not.');
    }
    await onePermitIsLeft(semaphore, 'When all had given back the only permit');
  });
});

timed('a permit that is released twice counts once', async () => {
  const { Semaphore } = await load();
  const semaphore = new Semaphore(1);

  const release = await semaphore.acquire();
  const given: (() => void)[] = [];
  const waiters = [1, 2].map(() => semaphore.acquire().then((give) => given.push(give)));
  release();
  release();
  await aWhile();
  expect(given, 'The only permit was released twice. Waiters that have one now').toHaveLength(1);
  given[0]!();
  await stands(Promise.all(waiters), 'fulfilled', 'The waiter for whom the permit came back');
  // Nobody waits now: what is given back too often would lie there for the next.
  given[1]!();
  given[1]!();
  await onePermitIsLeft(semaphore, 'When the only permit was released twice');
  const single = new Semaphore(1);
  const early = await single.acquire();
  early();
  const later = await single.acquire();
  early();
  await stands(
    single.acquire().then((give) => give()),
    'pending',
    'The first holder released a second time, when the only permit was out to another. The next who asked',
  );
  later();
  const pair = new Semaphore(2);
  const [mine] = await Promise.all([pair.acquire(), pair.acquire()]);
  mine();
  mine();
  await onePermitIsLeft(pair, 'Two permits were out, and one of them was released twice. Then');
});

timed('leaves no listener on the signal', async () => {
  const { Semaphore, mapLimit } = await load();
  const failure = new Error('It failed.');
  const fail = () => Promise.reject(failure);
  const throwIt = () => {
    throw failure;
  };
  const ways: Record<string, (semaphore: Semaphore, signal: AbortSignal) => unknown> = {
    'acquire gave a permit': (semaphore, signal) => semaphore.acquire({ signal }),
    'run had called fn': (semaphore, signal) => semaphore.run(() => {}, { signal }),
    'fn had rejected in run': (semaphore, signal) => semaphore.run(fail, { signal }),
    'fn had thrown in run': (semaphore, signal) => semaphore.run(throwIt, { signal }),
    'mapLimit had its results': (_, signal) => mapLimit([1, 2], 1, () => sleep(1), { signal }),
    'mapLimit had no items': (_, signal) => mapLimit([], 1, () => {}, { signal }),
    'fn had rejected in mapLimit': (_, signal) => mapLimit([1, 2], 1, fail, { signal }),
    'the source of mapLimit had failed': (_, signal) =>
      mapLimit(failsAfter([], 1, failure), 1, () => {}, { signal }),
    'the source of mapLimit could not be opened': (_, signal) =>
      mapLimit(cannotBeOpened(failure), 1, () => {}, { signal }),
    'mapLimit refused a limit of 0': (_, signal) => mapLimit([1], 0, () => {}, { signal }),
  };

  for (const [when, way] of Object.entries(ways)) {
    for (const permit of ['free', 'out']) {
      const semaphore = new Semaphore(1);
      const { signal } = new AbortController();
      const release = permit === 'out' ? await semaphore.acquire() : () => {};
      const call = Promise.allSettled([Promise.try(() => way(semaphore, signal))]);
      release();
      await stands(call, 'fulfilled', `One call that has nothing to wait for, in which ${when},`);
      expect(signal, `When ${when}, and the permit had been ${permit}`).toHaveNoListeners();
    }
  }
});

timed('fn runs in the async context of its own caller', async () => {
  const { Semaphore, mapLimit } = await load();
  const request = new AsyncLocalStorage<string>();
  const semaphore = new Semaphore(1);
  const seen = new Map<string, unknown>();
  const serve = (name: string) =>
    request.run(name, () => semaphore.run(() => void seen.set(name, request.getStore())));

  const release = await semaphore.acquire();
  const served = ['ada', 'ben', 'cy'].map(serve);
  release();
  await Promise.all(served);
  const mapped = await request.run('dan', () =>
    mapLimit([1, 2, 3], 1, async () => request.getStore()),
  );

  for (const [name, context] of seen) {
    expect(context, `The work of ${name} ran in the context of`).toBe(name);
  }
  expect(mapped, 'The contexts in which mapLimit called fn').toEqual(['dan', 'dan', 'dan']);
});

test('nobody polls while they wait: no timer, no immediate', async () => {
  const { Semaphore, mapLimit } = await load();
  const semaphore = new Semaphore(1);
  const door = gate();
  const controller = new AbortController();
  const kept = { signal: new AbortController().signal };
  const gone = { signal: controller.signal };

  const release = await semaphore.acquire();
  using polls = watchAsyncWork();
  const acquired = polls.watch(() => semaphore.acquire(kept));
  const calls = polls.watch(() => [
    semaphore.run(() => door.wait(), kept),
    mapLimit([1, 2, 3], 1, () => door.wait()),
    mapLimit(comesAt(door), 1, () => {}, kept),
  ]);
  const aborted = Promise.allSettled(
    polls.watch(() => [
      semaphore.acquire(gone),
      semaphore.run(() => {}, gone),
      mapLimit([1, 2, 3], 1, () => door.wait(), gone),
      mapLimit(comesAt(door), 1, () => {}, gone),
    ]),
  );
  const expectNoPolls = (when: string) => {
    const count = polls.begun.filter((type) => type === 'Timeout' || type === 'Immediate').length;
    if (count === 0) return;
    expect.fail(
      `${when}, your code set timers or immediates, ${count} in ten turns of the event loop.`,
    );
  };
  await turns(10);
  expectNoPolls('While all waited');
  controller.abort(new Error('The customer went home.'));
  release();
  await turns(10);
  expectNoPolls('When one was given a permit, and some were aborted');

  door.open();
  (await acquired)();
  await Promise.all([...calls, aborted]);
});

/** Fails when something was still begun that nobody wants any more. */
function expectNone(count: number, what: string): void {
  if (count === 0) return;
  const message = `${what}: ${count}. There should be none.`;
  throw new AssertionError({ message, stackStartFn: expectNone });
}

/** A test in virtual time, so that an answer which waits by timers is judged like any other. */
function timed(name: string, body: (clock: VirtualClock) => Promise<void>): void {
  test(name, () => inVirtualTime(body));
}

/** Works for `ms`, with a bar of its own in the timeline. */
async function work(name: string, ms: number): Promise<void> {
  const bar = currentTrace().begin(name, 'task');
  await sleep(ms);
  bar.end();
}

/** When the pieces of work start, if a place is never free while one is left. */
function startsWithoutIdling(lengths: readonly number[], places: number): number[] {
  const freeAt = Array.from({ length: places }, () => 0);
  return lengths.map((ms) => {
    const start = Math.min(...freeAt);
    freeAt[freeAt.indexOf(start)] = start + ms;
    return start;
  });
}

/** Resolves with `ms` after so many milliseconds, or rejects with `error`; with 0 it returns or throws at once. */
function endIn(ms: number, error?: Error): number | Promise<number> {
  if (ms > 0)
    return sleep(ms)
      .then(() => endIn(0, error))
      .then(() => ms);
  if (error) throw error;
  return ms;
}

/** Rejects with `error` after `ms`; with 0 it throws at once. */
function failIn(ms: number, error: unknown): Promise<never> {
  if (ms === 0) throw error;
  return sleep(ms).then(() => {
    throw error;
  });
}

/** What `call` gives. A function that gives a promise may not throw instead. */
function promised(when: string, call: () => Promise<unknown>): Promise<unknown> {
  try {
    return call();
  } catch (error) {
    throw new AssertionError({
      message: `${when}: the call threw ${inspect(error, { compact: true, depth: 0 }).split('\n')[0]} at once. It should give a promise that rejects.`,
      stackStartFn: promised,
    });
  }
}

/** Whether an error is the reason of an abort, or caused by it. */
function tellsOf(error: unknown, reason: Error): boolean {
  return error === reason || (error instanceof Error && error.cause === reason);
}

function told(result: PromiseSettledResult<unknown>): unknown {
  return result.status === 'fulfilled' ? result.value : result.reason;
}

/** What it returns at its end is no item. */
function* each<T>(items: Iterable<T>): Generator<T, string> {
  yield* items;
  return 'the end';
}

/** Looks for each item for `ms`. */
async function* eachAsync<T>(items: Iterable<T>, ms = 0): AsyncGenerator<T, string> {
  for (const item of items) {
    if (ms > 0) await sleep(ms);
    yield item;
  }
  return 'the end';
}

/** After `items` it looks for the next one, for a whole second, and finds none. */
async function* stuckAfter<T>(items: Iterable<T>): AsyncGenerator<T, void> {
  yield* items;
  await sleep(1000);
}

/** It looks for its only item until the door is open. */
async function* comesAt(door: Gate): AsyncGenerator<string, void> {
  yield await door.wait().then(() => 'the only item');
}

async function* failsAfter<T>(
  items: Iterable<T>,
  ms: number,
  error: unknown,
): AsyncGenerator<T, void> {
  yield* items;
  await sleep(ms);
  throw error;
}

function throwsAtOnce(error: Error): Iterable<number> {
  return {
    [Symbol.iterator]: () => ({
      next: () => {
        throw error;
      },
    }),
  };
}

function throwsAtOnceAsync(error: Error): AsyncIterable<number> {
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        throw error;
      },
    }),
  };
}

function cannotBeOpened(error: Error): Iterable<number> {
  return {
    [Symbol.iterator]: () => {
      throw error;
    },
  };
}

function* closesBadly<T>(items: Iterable<T>): Generator<T, void> {
  let ended = false;
  try {
    yield* items;
    ended = true;
  } finally {
    if (!ended) closeBadly();
  }
}

async function* closesBadlyAsync<T>(items: Iterable<T>): AsyncGenerator<T, void> {
  let ended = false;
  try {
    yield* items;
    ended = true;
  } finally {
    if (!ended) closeBadly();
  }
}

const notClosed = new Error('The source could not be closed.');

function closeBadly(): never {
  throw notClosed;
}

/** A source without an end: the numbers from 1. After 1000 it ends all the same, so that a program that takes all of it can be told. */
class Endless {
  asked = 0;
  closed = false;
  onAsked = () => {};

  *items(): Generator<number, void> {
    try {
      while (this.asked < 1000) yield this.#next();
    } finally {
      this.closed = true;
    }
  }

  async *asyncItems(ms = 0): AsyncGenerator<number, void> {
    try {
      while (this.asked < 1000) {
        const item = this.#next();
        if (ms > 0) await sleep(ms);
        yield item;
      }
    } finally {
      this.closed = true;
    }
  }

  #next(): number {
    this.asked += 1;
    this.onAsked();
    return this.asked;
  }
}

const isNow = {
  pending: 'is still waiting',
  fulfilled: 'has already ended',
  rejected: 'has failed',
};
const shouldBe = {
  pending: 'it should still wait',
  fulfilled: 'it should have ended',
  rejected: 'it should have rejected',
};

/** Fails unless `promise` stands so 20 virtual milliseconds later, when everything has run that waits for nobody. */
async function stands(
  promise: Promise<unknown>,
  expected: keyof typeof isNow,
  what: string,
): Promise<void> {
  // Made here, so that it tells the line of the test.
  const failure = new AssertionError({ message: what, stackStartFn: stands });
  promise.catch(() => {});
  await aWhile();
  const now = await settled(promise);
  if (now === expected) return;
  failure.message = `${what} ${isNow[now]}; ${shouldBe[expected]}.`;
  throw failure;
}

/** Fails unless the semaphore can give exactly one permit, which it has back in the end. */
async function onePermitIsLeft(semaphore: Semaphore, when: string): Promise<void> {
  const permit = semaphore.acquire();
  await stands(permit, 'fulfilled', `${when}, the next who asked`);
  const second = semaphore.acquire();
  await stands(second, 'pending', `${when}, the second who asked`);
  (await permit)();
  (await second)();
}

function aWhile(): Promise<void> {
  return sleep(20);
}
