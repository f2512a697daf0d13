import { AssertionError } from 'node:assert';
import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
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
} from '#harness';
import type { VirtualClock } from '#harness';
import type { Semaphore } from './bounded-concurrency.ts';

const load = kata(() => import('./bounded-concurrency.ts'));

timed('a free place is taken in the same millisecond, by the next item', async (clock) => {
  const { mapLimit } = await load();
  // The first item outlasts several others: whoever waits for the whole batch is late.
  const lengths = [700, ...random().shuffle([100, 100, 200, 300, 100, 200, 400, 100])];
  const starts: number[] = [];

  // Another list, which keeps all of its own places.
  const other = mapLimit([1, 2, 3, 4, 5], 5, () => sleep(5000));
  await mapLimit(lengths, 3, async (ms, index) => {
    starts.push(clock.now);
    await work(`item ${index + 1}`, ms);
  });

  expect(starts).toStartAt(startsWithoutIdling(lengths, 3));
  await other;
  expect(clock.now, 'Five items of 5000 ms, with five places, had ended at').toBe(5000);
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
  expect(
    await mapLimit([...items, undefined], 2, (item) => item),
    'The results of a function that gives back each item',
  ).toEqual([...items, undefined]);
  expect(await mapLimit([], 2, () => 'called'), 'The results for no items').toEqual([]);
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
    if (most <= 3) continue;
    expect.fail(
      `Of an endless ${kind}, ${most} items were taken and not done yet. There are places for 3.`,
    );
  }
});

timed('after a failure nothing more is started, and the source is closed', async () => {
  const { mapLimit } = await load();

  for (const kind of ['generator', 'slow async generator'] as const) {
    const source = new Endless();
    const items = kind === 'generator' ? source.items() : source.asyncItems(40);
    let starts = 0;
    const mapping = mapLimit(items, 3, async (item) => {
      starts += 1;
      await sleep(item === 1 ? 50 : 100);
      if (item === 1) throw new Error('No such address.');
    });

    await mapping.catch(() => {});
    const before = { starts, asked: source.asked };
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

timed('rejects at once with the first failure, of the work or of the source', async (clock) => {
  const { mapLimit } = await load();
  const failure = new Error('No such address.');
  const cases = [
    {
      what: 'The second item rejects',
      items: [1000, 100, 200],
      expected: failure,
      after: 100,
    },
    {
      what: 'An item throws undefined',
      items: each([1000, 100, 200]),
      expected: undefined,
      after: 100,
    },
    { what: 'An item throws at once', items: each([1000, 0]), expected: failure, after: 0 },
    {
      what: 'The source is stuck when an item rejects',
      items: stuckAfter([100]),
      expected: failure,
      after: 100,
    },
    {
      what: 'The source fails',
      items: failsAfter([1000], 100, failure),
      expected: failure,
      after: 100,
    },
    {
      what: 'The source rejects with undefined',
      items: failsAfter([1000], 100, undefined),
      expected: undefined,
      after: 100,
    },
    {
      what: 'A source that is not asynchronous throws at once',
      items: throwsAtOnce(failure),
      expected: failure,
      after: 0,
    },
    {
      what: 'An item rejects, and the source fails later',
      items: failsAfter([100], 500, new Error('Too late.')),
      expected: failure,
      after: 100,
    },
    {
      what: 'An item rejects, and the return() of the source throws',
      items: closesBadly([1000, 100, 1000, 1000]),
      expected: failure,
      after: 100,
    },
    {
      what: 'An item rejects, and the return() of the source rejects',
      items: closesBadlyAsync([1000, 100, 1000, 1000]),
      expected: failure,
      after: 100,
    },
  ];

  for (const { what, items, expected, after } of cases) {
    const began = clock.now;
    const outcome = await mapLimit(items, 3, (ms) => failIn(ms, expected)).then(
      () => expect.fail(`${what}, but mapLimit resolved as if nothing had happened.`),
      (reason: unknown) => reason,
    );

    expect(outcome, `${what}: what mapLimit rejected with`).toBe(expected);
    const tookMs = clock.now - began;
    if (tookMs !== after) {
      expect.fail(`${what}, after ${after} ms. mapLimit rejected after ${tookMs} ms.`);
    }
    // What runs on fails too, and nobody may have to handle that.
    await sleep(3000);
  }
});

timed('an abort ends mapLimit at once, and nothing more is started', async (clock) => {
  const { mapLimit } = await load();
  const reason = new Error('The customer went home.');
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

  await expect(() => start(AbortSignal.abort(reason))).toRejectWith({ reason });
  expectNone(starts, 'Items that were started, though the signal was aborted before the call');
  expectNone(
    source.asked,
    'Items that were asked for, though the signal was aborted before the call',
  );
  setTimeout(() => controller.abort(reason), 150);
  await expect(start(controller.signal)).toRejectWith({ reason });
  if (clock.now !== 150) expect.fail(`It was aborted at 150 ms, and rejected at ${clock.now} ms.`);
  const before = { starts, asked: source.asked };
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
  if (tookMs !== 150) {
    expect.fail(
      `The source looked for its next item for a second, and an abort came at 150 ms. mapLimit rejected at ${tookMs} ms.`,
    );
  }
});

timed('refuses a limit that is no whole number above zero', async () => {
  const { Semaphore, mapLimit } = await load();

  for (const limit of [0, -1, 1.5, Number.NaN, Infinity]) {
    const calls: unknown[] = [];
    const source = new Endless();
    const refusal = { name: 'RangeError', message: String(limit) };
    await expect(() => new Semaphore(limit)).toRejectWith(refusal);
    const mapping = Promise.try(() => mapLimit(source.items(), limit, (item) => calls.push(item)));
    await stands(mapping, 'rejected', `With a limit of ${limit}, mapLimit`);
    await expect(mapping).toRejectWith(refusal);
    expect(calls, `Calls of fn with a limit of ${limit}`).toEqual([]);
    expectNone(source.asked, `Items that were asked for with a limit of ${limit}`);
  }
});

timed('a permit is held until the work has settled, however it ends', async (clock) => {
  const { Semaphore } = await load();
  const semaphore = new Semaphore(2);
  const controller = new AbortController();
  const [rejection, thrown] = [new Error('It rejected.'), new Error('It threw at once.')];
  const starts: number[] = [];
  const run = (ms: number, error?: Error) =>
    semaphore.run(
      () => {
        starts.push(clock.now);
        return endIn(ms, error);
      },
      // Aborted when the first two have begun: that changes nothing for them.
      starts.length < 2 ? { signal: controller.signal } : {},
    );

  const first = [run(300), run(100, rejection)];
  await sleep(50);
  controller.abort(new Error('Too late.'));
  const rest = [run(0, thrown), run(100), run(100), run(0)];
  const all = Promise.allSettled([...first, ...rest]);
  await sleep(1000);

  expect(starts).toStartAt([0, 0, 100, 100, 200, 300]);
  const outcomes = (await all).map(told);
  for (const [index, expected] of [300, rejection, thrown, 100, 100, 0].entries()) {
    expect(outcomes[index], `What call ${index + 1} of run came to`).toBe(expected);
  }
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
    const [release] = await Promise.all([semaphore.acquire(), semaphore.acquire()]);
    const otherRelease = await other.acquire();
    const stranger = ask('waiter of another semaphore', other);
    const asked = names.slice(0, -1).map((name) => ask(name));

    release();
    if (moment > 0) await microtasks(moment);
    asked.push(ask('newcomer'));
    for (let served = 1; served <= names.length; served += 1) {
      await aWhile();
      expect(order, givenInTurn).toHappenInOrder(names.slice(0, served));
      held.at(-1)!();
    }
    otherRelease();
    await Promise.all([...asked, stranger]);
  }
});

timed('an aborted waiter rejects at once, and leaves the queue', async () => {
  const { Semaphore } = await load();
  const semaphore = new Semaphore(1);
  const controller = new AbortController();
  const reason = new Error('The customer went home.');
  const calls: string[] = [];
  const aborted = { signal: AbortSignal.abort(reason) };

  await expect(() => semaphore.run(() => calls.push('it'), aborted)).toRejectWith({ reason });
  await expect(() => semaphore.acquire(aborted)).toRejectWith({ reason });
  const release = await semaphore.acquire();
  const late = Promise.try(() => semaphore.acquire(aborted));
  await stands(late, 'rejected', 'While the permit is held, a call with an aborted signal');
  await expect(late).toRejectWith({ reason });
  const first = semaphore.acquire();
  // Two that wait with one signal.
  const waiters: Promise<unknown>[] = [
    semaphore.run(() => calls.push('it'), { signal: controller.signal }),
    semaphore.acquire({ signal: controller.signal }),
  ];
  const both = Promise.allSettled(waiters);
  const next = semaphore.acquire();
  controller.abort(reason);

  await stands(waiters[0]!, 'rejected', 'While the permit is held, the run that was aborted');
  await stands(waiters[1]!, 'rejected', 'While the permit is held, the acquire that was aborted');
  for (const waiter of waiters) await expect(waiter).toRejectWith({ reason });
  await both;
  for (const other of [first, next]) {
    await stands(other, 'pending', 'While the permit is held, one who was not aborted');
  }
  release();
  const oneOfTwo = Promise.any([first, next]);
  await stands(oneOfTwo, 'fulfilled', 'A permit came back. One of those who had not given up');
  (await oneOfTwo)();
  const bothOthers = Promise.all([first, next]);
  await stands(bothOthers, 'fulfilled', 'It came back again. One of those who had not given up');
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
  const pair = new Semaphore(2);
  const [mine] = await Promise.all([pair.acquire(), pair.acquire()]);
  mine();
  mine();
  await onePermitIsLeft(pair, 'Two permits were out, and one of them was released twice. Then');
});

timed('leaves no listener on the signal', async () => {
  const { Semaphore, mapLimit } = await load();
  const semaphore = new Semaphore(1);
  const kept = new AbortController();
  const aborted = new AbortController();
  const fail = () => Promise.reject(new Error('It failed.'));

  const release = await semaphore.acquire({ signal: kept.signal });
  const calls = [
    semaphore.run(() => {}, { signal: kept.signal }),
    semaphore.run(fail, { signal: kept.signal }),
    semaphore.run(() => {}, { signal: aborted.signal }),
    mapLimit([1, 2], 1, () => sleep(1), { signal: kept.signal }),
    mapLimit([1, 2], 1, fail, { signal: kept.signal }),
    mapLimit([1, 2], 1, () => sleep(10), { signal: aborted.signal }),
  ];
  const all = Promise.allSettled(calls);
  aborted.abort(new Error('The customer went home.'));
  release();

  await stands(all, 'fulfilled', 'One of six calls that have nothing to wait for');
  expect(kept.signal).toHaveNoListeners();
  expect(aborted.signal).toHaveNoListeners();
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

  using polls = countPolls();
  const calls = polls.watch(() => [
    semaphore.run(() => door.wait()),
    semaphore.run(() => door.wait()),
    mapLimit([1, 2, 3], 1, () => door.wait()),
  ]);
  await turns(10);

  if (polls.count > 0) {
    expect.fail(
      `While all waited, your code set timers or immediates, ${polls.count} in ten turns of the event loop.`,
    );
  }
  door.open();
  await Promise.all(calls);
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

function told(result: PromiseSettledResult<unknown>): unknown {
  return result.status === 'fulfilled' ? result.value : result.reason;
}

function* each<T>(items: Iterable<T>): Generator<T, void> {
  yield* items;
}

async function* eachAsync<T>(items: Iterable<T>): AsyncGenerator<T, void> {
  yield* items;
}

/** After `items` it looks for the next one, for a whole second, and finds none. */
async function* stuckAfter<T>(items: Iterable<T>): AsyncGenerator<T, void> {
  yield* items;
  await sleep(1000);
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

function closeBadly(): never {
  throw new Error('The source could not be closed.');
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

/** Counts the timers and immediates that watched work sets, also long after it was called. */
function countPolls() {
  const watched = new AsyncLocalStorage<boolean>();
  let count = 0;
  const hook = createHook({
    init: (_, type) => {
      if ((type === 'Timeout' || type === 'Immediate') && watched.getStore()) count += 1;
    },
    // With a hook on promises, code that never ends could not be ended from outside.
    trackPromises: false,
  }).enable();
  return {
    watch: <T>(work: () => T): T => watched.run(true, work),
    get count() {
      return count;
    },
    [Symbol.dispose]: () => void hook.disable(),
  };
}
