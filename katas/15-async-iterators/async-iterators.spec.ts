import { AssertionError } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, gate, inVirtualTime, kata, random, settled, test, turns } from '#harness';
import type { Gate, VirtualClock } from '#harness';

const load = kata(() => import('./async-iterators.ts'));

timed('leaving a loop closes each source once and waits for no stuck one', async (clock) => {
  const { merge } = await load();
  const stuck = new Source(() => waitsAt(gate<string>()));
  const lively = new Source(() => endless(10));
  const seen: unknown[] = [];
  const startedAt = Date.now();
  let endedAt = 0;

  const loop = (async () => {
    for await (const item of merge<unknown>(stuck, lively)) {
      seen.push(item);
      if (seen.length === 3) break;
    }
    endedAt = clock.now;
  })();

  await stands(loop, 'fulfilled', 'After `break`, the loop over a stuck source and another');
  expect(endedAt, 'The `break` came at 30 ms. The milliseconds at which the loop ended').toBe(30);
  expect(seen, 'The items before the `break`').toEqual([1, 2, 3]);
  expect(stuck.closed, 'Calls of return() of the stuck source').toBe(1);
  expect(lively.closed, 'Calls of return() of the other source').toBe(1);
  expect(
    [stuck, lively].map(({ closedAt }) => closedAt - startedAt),
    'The `break` came at 30 ms. The milliseconds at which the two sources were closed',
  ).toEqual([30, 30]);
});

timed('the first item comes before page two is asked for', async () => {
  const { pages } = await load();
  const cursors: (string | null)[] = [];
  const list = pages(async (cursor) => {
    cursors.push(cursor);
    return {
      items: ['one', 'two'],
      next: cursors.length < 3 ? `page ${cursors.length + 1}` : null,
    };
  });

  const items = list[Symbol.asyncIterator]();
  await aWhile();
  expect(cursors, 'The pages asked for before anybody wanted an item').toEqual([]);
  await take(items, 2);
  await aWhile();
  expect(cursors, 'The pages asked for when two items of page one were taken').toEqual([null]);
  await take(items, 1);
  expect(cursors, 'The pages asked for with the third item').toEqual([null, 'page 2']);
});

timed('reads every page, with any cursor, also after an empty page', async () => {
  const { pages } = await load();
  const [first, last] = [random().nonce(), random(1).nonce()];
  const answers = new Map<string | null, { items: unknown[]; next: string | null }>([
    [null, { items: [first, 0, undefined], next: '' }],
    ['', { items: [], next: '0' }],
    ['0', { items: ['', null, last], next: null }],
  ]);
  const cursors: (string | null)[] = [];

  const items = pages(async (cursor) => {
    cursors.push(cursor);
    return answers.get(cursor)!;
  })[Symbol.asyncIterator]();

  expect(await take(items, 9), 'The items of three pages').toEqual([
    first,
    0,
    undefined,
    '',
    null,
    last,
  ]);
  await take(items, 1);
  expect(cursors, 'The cursors that were asked for').toEqual([null, '', '0']);
});

timed('an error of fetchPage comes to the reader, and nothing after it', async () => {
  const { pages } = await load();
  const failure = new Error('The list is not to be had.');
  const cursors: (string | null)[] = [];
  const items = pages(async (cursor) => {
    cursors.push(cursor);
    if (cursors.length === 1) throw failure;
    return { items: ['one'], next: null };
  })[Symbol.asyncIterator]();

  const failing = items.next();
  await stands(failing, 'rejected', 'After page one failed, the next() that waited for it');
  await expect(failing).toRejectWith(failure);

  expect((await items.next()).done, 'After the error, `done` in what next() gave').toBe(true);
  expect(cursors, 'The cursors that were asked for, with an error at page one').toEqual([null]);
});

timed('leaving while a page loads aborts its request and ends at once', async (clock) => {
  const { pages } = await load();
  const signals: AbortSignal[] = [];
  const items = pages<string>(async (cursor, signal) => {
    signals.push(signal);
    // The second page never comes, and does not look at the signal.
    return cursor === null ? { items: [], next: 'two' } : gate<never>().wait();
  })[Symbol.asyncIterator]();

  const waiting = items.next();
  await aWhile();
  for (const [page, signal] of signals.entries()) {
    if (!signal.aborted) continue;
    expect.fail(`The signal of page ${page + 1} was aborted while the reader was still reading.`);
  }
  await leavesAtOnce(items, 'While page two loads,', clock);
  await stands(waiting, 'fulfilled', 'After return(), the next() that waited for page two');
  expect((await waiting).done, 'The reader left. `done` in what its next() gave').toBe(true);
  if (signals.at(-1)?.aborted !== true) {
    expect.fail(
      'The reader left while page two was loading, and the signal of page two was not aborted.',
    );
  }
});

timed('neither a stuck source nor a busy one stops the others', async () => {
  const { merge } = await load();
  const [one, two] = [random().nonce(), random(1).nonce()];
  const few = () => new Source(() => each([one, two], 7));
  const busy = () => new Source(() => endless(1));
  const stuck = () => new Source(() => waitsAt(gate<string>()));

  for (const sources of [
    [stuck(), busy(), busy(), few()],
    [few(), busy(), busy(), stuck()],
  ]) {
    const items = merge<unknown>(...sources)[Symbol.asyncIterator]();
    const seen: unknown[] = [];
    for (let count = 0; count < 80; count += 1) {
      seen.push(...(await take(items, 1)));
      // A slow reader: the busy sources have their next items whenever one is asked for.
      await sleep(5);
    }
    expect(seen, 'Eighty items, with two busy sources and a stuck one beside').toContain(one);
    expect(seen, 'Eighty items, with two busy sources and a stuck one beside').toContain(two);
    leave(items).catch(() => {});
  }
});

timed('merge asks a source again only when its item was taken', async () => {
  const { merge } = await load();
  const sources = [new Source(() => endless(10)), new Source(() => endless(500))] as const;
  const items = merge(...sources)[Symbol.asyncIterator]();

  await aWhile();
  const early = sources.map((source) => source.asked);
  expect(early, 'Times each source was asked before anybody wanted an item').toEqual([0, 0]);
  // All three come from the first source.
  await take(items, 3);
  await sleep(1000);
  const [asked, others] = sources.map((source) => source.asked);
  await leave(items);

  const first =
    'Times a source was asked, with three items given out and one that may wait to be read';
  expect(asked, first).toBeLessThanOrEqual(4);
  const second = 'Times the other source was asked, with no item given out and one that may wait';
  expect(others, second).toBeLessThanOrEqual(1);
});

timed('an error of one source ends the merge and closes the others', async () => {
  const { merge } = await load();
  const failure = new Error('The second warehouse is down.');
  const stuck = new Source(() => waitsAt(gate<number>()));
  const broken = new Source(() => failsAfter(50, failure));
  const lively = new Source(() => endless(20));
  const items = merge(stuck, broken, lively)[Symbol.asyncIterator]();

  const taking = take(items, 9);
  await stands(taking, 'rejected', 'After one of three sources failed, the reader');
  await expect(taking).toRejectWith(failure);
  await aWhile();
  const after = items.next();

  await stands(after, 'fulfilled', 'After the error, the next next()');
  expect((await after).done, 'After the error, `done` in what next() gave').toBe(true);
  expect(
    [stuck, broken, lively].map((source) => source.closed),
    'Calls of return() of a stuck source, the one that failed, and another',
  ).toEqual([1, 0, 1]);

  // Both fail while nobody waits for an item.
  const twice = merge(
    new Source(() => waitsAt(gate<number>(), [1])),
    new Source(() => failsAfter(5, failure)),
    new Source(() => failsAfter(5, failure)),
  )[Symbol.asyncIterator]();
  await take(twice, 1);
  await aWhile();
  const late = twice.next();
  await stands(late, 'rejected', 'Two sources failed between two items. After that, next()');
  await expect(late).toRejectWith(failure);
});

timed('what fails after the loop was left is no unhandled rejection', async () => {
  const { mapAsync, merge, pages } = await load();
  const late = gate<never>();
  const failing = () => new Source(() => failsAtEnd(late));
  const loops: AsyncIterable<unknown>[] = [
    pages(() => late.wait()),
    merge(failing(), failing()),
    mapAsync(failing(), 2, async (item) => item),
    mapAsync(new Source(() => endless(1)), 3, () => late.wait()),
    merge(new Source(() => badlyClosed())),
    mapAsync(new Source(() => badlyClosed()), 1, () => late.wait()),
  ];

  for (const loop of loops) {
    const items = loop[Symbol.asyncIterator]();
    items.next().catch(() => {});
    await aWhile();
    leave(items).catch(() => {});
  }
  late.fail(new Error('The connection was lost.'));
  await aWhile();
});

timed('leaving while an item is waited for ends at once, and starts no work', async (clock) => {
  const { mapAsync, merge } = await load();
  const door = gate<string>();
  const source = () => new Source(() => waitsAt(door));
  const sources = [source(), source(), source(), new Source(() => endless(1))] as const;
  let calls = 0;
  const count = async () => {
    calls += 1;
  };
  const loops = {
    'merge waits for two stuck sources,': merge(sources[0], sources[1]),
    'mapAsync waits for a stuck source,': mapAsync(sources[2], 2, count),
    'mapAsync waits for stuck work,': mapAsync(sources[3], 2, () => gate().wait()),
  };

  for (const [what, loop] of Object.entries(loops)) {
    const items: AsyncIterator<unknown> = loop[Symbol.asyncIterator]();
    const waiting = items.next();
    await aWhile();
    await leavesAtOnce(items, `When ${what}`, clock);
    await stands(waiting, 'fulfilled', `When ${what} and the reader left, its next()`);
    const left = `When ${what} and the reader left, \`done\` in what`;
    expect((await waiting).done, `${left} its next() gave`).toBe(true);
    expect((await items.next()).done, `${left} a later next() gave`).toBe(true);
  }
  expect(
    sources.map(({ closed }) => closed),
    'Calls of return() of each of four sources',
  ).toEqual([1, 1, 1, 1]);
  door.open('late');
  await aWhile();
  expect(calls, 'Calls of fn after the loop was left').toBe(0);
});

timed(
  'who has left between two items gets no more, and nothing more is asked for',
  async (clock) => {
    const { mapAsync, merge, pages } = await load();
    for (const before of [0, 1]) {
      let asked = 0;
      let signal: AbortSignal | undefined;
      const source = () =>
        new Source(async function* () {
          asked += 1;
          yield 1;
          asked += 1;
          yield 2;
          await gate().wait();
        });
      const loops = {
        pages: pages(async (_cursor, given) => {
          asked += 1;
          signal = given;
          return { items: [1, 2], next: null };
        }),
        merge: merge(source(), source()),
        'mapAsync, whose source is stuck,': mapAsync(source(), 2, async (item) => item),
      };

      for (const [what, loop] of Object.entries(loops)) {
        const items = loop[Symbol.asyncIterator]();
        await take(items, before);
        await aWhile();
        const askedBefore = asked;
        const left = before === 0 ? 'before the first item' : 'between two items';
        await leavesAtOnce(items, `The reader left ${what} ${left}:`, clock);
        const after = items.next();
        await stands(after, 'fulfilled', `The reader left ${what} ${left}: a later next()`);
        const sentence = `The reader left ${what} ${left}: \`done\` in what a later next() gave`;
        expect((await after).done, sentence).toBe(true);
        expect(asked - askedBefore, `The reader left ${what} ${left}: fetched after that`).toBe(0);
      }
      expect(
        signal?.aborted,
        'The reader left between two items: whether the signal is aborted',
      ).toBe(before === 0 ? undefined : true);
    }
  },
);

timed('an item comes out as soon as it is there', async (clock) => {
  const { mapAsync, merge } = await load();
  const doors = [gate<string>(), gate<string>(), gate<string>()] as const;
  const loops = {
    'a source of merge': merge(new Source(() => waitsAt(doors[0]))),
    'the source of mapAsync': mapAsync(
      new Source(() => waitsAt(doors[1])),
      2,
      async (item) => item,
    ),
    'the work of mapAsync': mapAsync(new Source(() => each([1])), 2, () => doors[2].wait()),
  };

  for (const [index, [what, loop]] of Object.entries(loops).entries()) {
    let cameAt = 0;
    const items = loop[Symbol.asyncIterator]();
    const coming = items.next().then(() => {
      cameAt = clock.now;
    });
    // Whoever looks from time to time has just looked when the door opens.
    await turns(2);
    await sleep(1);
    const openedAt = clock.now;
    doors[index]?.open('item');

    await stands(coming, 'fulfilled', `When ${what} has an item, the next() that waits for it`);
    expect(cameAt - openedAt, `Milliseconds for which an item of ${what} lay there`).toBe(0);
    leave(items).catch(() => {});
  }
});

timed('a source that has ended is neither asked nor closed again', async () => {
  const { mapAsync, merge } = await load();
  const sources = [
    new Source(() => each(['at 30', undefined, 0, ''], 30)),
    new Source(() => each([])),
    new Source(() => each(['at 20', 'at 40'], 20)),
  ];
  const mapped = new Source(() => each([1, undefined, 0, '', 3]));
  const loops = [
    merge<unknown>(...sources),
    mapAsync(mapped, 2, async (item) => (item === '' ? undefined : `${item} done`)),
    merge<string>(),
  ];

  const all: unknown[][] = [];
  for (const loop of loops) {
    const items = loop[Symbol.asyncIterator]();
    all.push(await take(items, 99));
    await take(items, 1);
    await leave(items);
  }

  expect(all[0], 'The merged items').toEqual(['at 20', 'at 30', 'at 40', undefined, 0, '']);
  expect(all[1], 'The results').toEqual([
    '1 done',
    'undefined done',
    '0 done',
    undefined,
    '3 done',
  ]);
  expect(all[2], 'The items of no source').toEqual([]);
  for (const source of [...sources, mapped]) {
    expect(source.askedAfterEnd, 'Calls of next() of a source that had said done').toBe(0);
    expect(source.closed, 'Calls of return() of a source that had said done').toBe(0);
  }
});

timed('mapAsync keeps the order, and begins as soon as there is a place', async (clock) => {
  const { mapAsync } = await load();
  const lengths = [100, 300, 200, 100, 400, 100];
  const starts: number[] = [];
  const mark = random().nonce();

  const results = mapAsync(new Source(() => each(lengths)), 3, async (ms) => {
    starts.push(clock.now);
    await sleep(ms);
    return `${mark} ${ms}`;
  });

  expect(await take(results[Symbol.asyncIterator](), 99), 'The results').toEqual(
    lengths.map((ms) => `${mark} ${ms}`),
  );
  // The second and the third are given out at 300 ms, one right after the other.
  expect(starts).toStartAt([0, 0, 0, 100, 300, 300]);
});

timed('mapAsync asks for no more than limit items that are not given out', async () => {
  const { mapAsync } = await load();

  for (const limit of [1, 3, 5]) {
    const source = new Source(() => endless(1));
    const items = mapAsync(source, limit, async (item) => {
      await sleep(200);
      return item;
    })[Symbol.asyncIterator]();
    await aWhile();
    expect(source.asked, 'Items asked for before anybody wanted a result').toBe(0);
    const first = items.next();
    await aWhile();
    const sentence = `The limit is ${limit}, and no result was there yet. Items asked for`;
    expect(source.asked, sentence).toBeLessThanOrEqual(limit);
    await first;
    for (let given = 1; given <= 5; given += 1) {
      if (given > 1) await take(items, 1);
      // A slow reader: whoever reads on by himself has all the time for it.
      await sleep(500);
      const more = source.asked - given;
      if (more <= limit) continue;
      expect.fail(
        `The limit is ${limit}, and ${given} results were given out. Beyond these, ${more} items were asked for.`,
      );
    }
    await leave(items);
  }
});

timed('mapAsync gives a result while the source is stuck', async () => {
  const { mapAsync } = await load();
  const failure = new Error('No such picture.');
  const source = new Source(() => waitsAt(gate<string>(), ['first', 'second', 'bad']));
  const items = mapAsync(source, 5, async (item) => {
    if (item === 'bad') throw failure;
    return `${item} done`;
  })[Symbol.asyncIterator]();

  for (const expected of ['first done', 'second done']) {
    const result = items.next();
    await stands(result, 'fulfilled', `With the source stuck in its fourth item, "${expected}"`);
    expect((await result).value, 'The result').toBe(expected);
  }
  const failing = items.next();
  await stands(failing, 'rejected', 'With the source stuck, the next() whose work failed');
  await expect(failing).toRejectWith(failure);
  expect(source.closed, 'Calls of return() of a stuck source whose item failed').toBe(1);
});

timed('an error of mapAsync comes in its place, and closes the source', async () => {
  const { mapAsync } = await load();
  const failure = new Error('No such picture.');
  const failing = new Source(() => endless(1));
  const broken = new Source(() => failsAfter(5, failure, [1]));
  const work = async (item: number) => {
    await sleep(item === 1 ? 200 : 10);
    if (item > 1) throw failure;
    return item;
  };

  for (const [what, source] of Object.entries({ busy: failing, broken })) {
    const items = mapAsync(source, 3, work)[Symbol.asyncIterator]();
    expect(await take(items, 1), 'The result before the one that failed').toEqual([1]);
    const next = items.next();
    await stands(next, 'rejected', `With a ${what} source, the next() whose result failed`);
    await expect(next).toRejectWith(failure);
    expect((await items.next()).done, 'After the error, `done` in what next() gave').toBe(true);
  }
  expect(failing.closed, 'Calls of return() of a source whose item failed').toBe(1);
  expect(broken.closed, 'Calls of return() of a source that failed itself').toBe(0);
  expect(broken.askedAfterEnd, 'Calls of next() of a source that had failed').toBe(0);
});

/** A test in virtual time. */
function timed(name: string, body: (clock: VirtualClock) => Promise<void>): void {
  test(name, () => inVirtualTime(body));
}

/** An async generator that counts its calls. As every async generator, it serves them one after another. */
class Source<T> implements AsyncIterable<T> {
  asked = 0;
  closed = 0;
  closedAt = 0;
  askedAfterEnd = 0;
  #ended = false;
  readonly #items: AsyncGenerator<T, void>;

  constructor(read: () => AsyncGenerator<T, void>) {
    this.#items = read();
  }

  [Symbol.asyncIterator](): AsyncIterator<T, void> {
    return { next: () => this.#next(), return: () => this.#return() };
  }

  async #next(): Promise<IteratorResult<T, void>> {
    this.asked += 1;
    if (this.#ended) this.askedAfterEnd += 1;
    try {
      const step = await this.#items.next();
      if (step.done === true) this.#ended = true;
      return step;
    } catch (error) {
      this.#ended = true;
      throw error;
    }
  }

  #return(): Promise<IteratorResult<T, void>> {
    this.closed += 1;
    this.closedAt = Date.now();
    return this.#items.return();
  }
}

async function* each<T>(items: readonly T[], everyMs = 0): AsyncGenerator<T, void> {
  for (const item of items) {
    if (everyMs > 0) await sleep(everyMs);
    yield item;
  }
}

/** 1, 2, 3 and so on, one every `everyMs`. */
async function* endless(everyMs: number): AsyncGenerator<number, void> {
  for (let item = 1; ; item += 1) {
    await sleep(everyMs);
    yield item;
  }
}

async function* waitsAt<T>(door: Gate<T>, before: readonly T[] = []): AsyncGenerator<T, void> {
  yield* before;
  yield await door.wait();
}

async function* failsAfter(
  ms: number,
  error: Error,
  before: readonly number[] = [],
): AsyncGenerator<number, void> {
  yield* before;
  await sleep(ms);
  throw error;
}

async function* failsAtEnd(late: Gate<never>): AsyncGenerator<number, void> {
  yield 1;
  yield await late.wait();
}

/** Whoever closes it is told of an error. */
async function* badlyClosed(): AsyncGenerator<number, void> {
  try {
    yield* endless(1);
  } finally {
    await Promise.reject(new Error('The file cannot be closed.'));
  }
}

/** The next items, `count` at most. */
async function take<T>(items: AsyncIterator<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  while (taken.length < count) {
    const step = await items.next();
    if (step.done === true) break;
    taken.push(step.value);
  }
  return taken;
}

/** Leaves, and fails unless that has ended before any time could pass. `when` names what is going on. */
async function leavesAtOnce(
  items: AsyncIterator<unknown>,
  when: string,
  clock: VirtualClock,
): Promise<void> {
  const began = clock.now;
  let endedAt = began;
  const left = leave(items).then(() => {
    endedAt = clock.now;
  });
  await stands(left, 'fulfilled', `${when} return()`, leavesAtOnce);
  expect(endedAt - began, `${when} return() took milliseconds`).toBe(0);
}

/** What `break` does in a `for await`. */
async function leave(items: AsyncIterator<unknown>): Promise<void> {
  if (items.return === undefined) {
    expect.fail('The loop cannot be left: your iterator has no return().');
  }
  await items.return();
}

const isNow = {
  pending: 'is still waiting',
  fulfilled: 'has ended',
  rejected: 'has failed',
} as const;
const shouldBe = {
  pending: 'it should wait',
  fulfilled: 'it should have ended',
  rejected: 'it should have failed',
} as const;

/** Fails unless the promise stands so after a while; `what` names it in the message. */
async function stands(
  promise: Promise<unknown>,
  expected: keyof typeof isNow,
  what: string,
  asker: (...given: never[]) => unknown = stands,
): Promise<void> {
  // Made here, so that it tells the line of the test.
  const failure = new AssertionError({ message: what, stackStartFn: asker });
  promise.catch(() => {});
  await aWhile();
  const now = await settled(promise);
  if (now === expected) return;
  failure.message = `${what} ${isNow[now]}; ${shouldBe[expected]}.`;
  throw failure;
}

/** Virtual time in which everything happens that can happen. */
function aWhile(): Promise<void> {
  return sleep(100);
}
