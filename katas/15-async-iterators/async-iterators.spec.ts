import { AssertionError } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, gate, inVirtualTime, kata, random, settled, test, turns } from '#harness';
import type { Gate, VirtualClock } from '#harness';
import type { Page } from './async-iterators.ts';

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
  await aWhile();
  expect(cursors, 'The pages asked for with the third item').toEqual([null, 'page 2']);
});

timed('reads every page, with any cursor, also after an empty page', async () => {
  const { pages } = await load();
  const [first, last] = [random().nonce(), random(1).nonce()];
  // Two empty pages follow one another, two cursors come again, and the last page is empty too.
  const answers: { items: unknown[]; next: string | null }[] = [
    { items: [first, 0, undefined, 0], next: '' },
    { items: [], next: '0' },
    { items: [], next: '0' },
    { items: ['', null, last], next: '' },
    { items: [], next: null },
  ];
  const cursors: (string | null)[] = [];

  const items = pages(async (cursor) => {
    cursors.push(cursor);
    return answers[cursors.length - 1]!;
  })[Symbol.asyncIterator]();

  expect(
    await take(items, 9),
    "The items of five pages, with the cursors null, '', '0', '0' and ''",
  ).toEqual([first, 0, undefined, 0, '', null, last]);
  await take(items, 1);
  expect(cursors, 'The cursors that were asked for').toEqual([null, '', '0', '0', '']);
});

timed('an error of fetchPage comes to the reader, and nothing after it', async () => {
  const { pages } = await load();
  const failure = new Error('The list is not to be had.');
  for (const [failing, error] of [
    [1, failure],
    [2, failure],
    [2, undefined],
  ] as const) {
    const cursors: (string | null)[] = [];
    const items = pages(async (cursor) => {
      cursors.push(cursor);
      if (cursors.length === failing) throw error;
      return { items: ['one'], next: cursors.length < 3 ? 'more' : null };
    })[Symbol.asyncIterator]();

    await take(items, failing - 1);
    const what = `After page ${failing} failed with ${error === undefined ? 'undefined' : 'an error'},`;
    const next = items.next();
    await stands(next, 'rejected', `${what} the next() that waited for it`);
    await expect(next).toRejectWith(error);

    for (const when of ['the next next()', 'the one after that']) {
      await givesNothingMore(items, error, `${what} what ${when} gave`);
    }
    expect(cursors, `${what} the cursors that were asked for`).toEqual(
      [null, 'more'].slice(0, failing),
    );
  }
});

timed('leaving while a page loads aborts its request and ends at once', async (clock) => {
  const { pages } = await load();
  // What page three gives when the reader has left. It does not look at the signal; null obeys it.
  const ways: Record<string, Page<string> | null> = {
    'which is stuck': { items: ['late'], next: 'four' },
    'which is stuck and has no items': { items: [], next: 'four' },
    'which obeys its signal at once': null,
  };

  for (const [which, late] of Object.entries(ways)) {
    const door = gate<Page<string>>();
    const load = (signal: AbortSignal): Promise<Page<string>> =>
      late === null
        ? new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason));
          })
        : door.wait();
    const signals: AbortSignal[] = [];
    let abortedAt = 0;
    // No `async` here: the page fails in the moment of the abort, and not one step later.
    const items = pages<string>((cursor, signal) => {
      signals.push(signal);
      if (cursor === null) return Promise.resolve({ items: ['one'], next: 'two' });
      if (cursor === 'two') return Promise.resolve({ items: [], next: 'three' });
      if (cursor === 'four') return Promise.resolve({ items: ['after the end'], next: null });
      signal.addEventListener('abort', () => (abortedAt = clock.now));
      return load(signal);
    })[Symbol.asyncIterator]();

    await take(items, 1);
    const waiting = items.next();
    await aWhile();
    reads(signals);
    const leftAt = clock.now;
    await leavesAtOnce(items, `While page three loads, ${which},`, clock, waiting);
    if (signals.at(-1)?.aborted !== true) {
      expect.fail(
        'The reader left while page three was loading, and the signal of page three was not aborted.',
      );
    }
    expect(
      abortedAt - leftAt,
      'Milliseconds from return() until the signal of the page that was loading was aborted',
    ).toBe(0);
    if (late !== null) door.open(late);
    await aWhile();
    const sentence = `The reader left page three, ${which}. \`done\` in what a later next() gave`;
    expect((await items.next()).done, sentence).toBe(true);
    await aWhile();
    expect(
      signals.length - 3,
      `The reader left page three, ${which}. It came after that. Pages fetched then, for nobody`,
    ).toBe(0);
  }

  // On its last page a reader still reads.
  const signals: AbortSignal[] = [];
  const items = pages(async (_cursor, signal) => {
    signals.push(signal);
    return { items: ['one', 'two'], next: null };
  })[Symbol.asyncIterator]();
  await take(items, 1);
  await aWhile();
  reads(signals);
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

  // An error has its turn too.
  const failure = new Error('The second warehouse is down.');
  const items = merge<unknown>(busy(), new Source(() => failsAfter(7, failure)), busy())[
    Symbol.asyncIterator
  ]();
  const reading = (async () => {
    for (let count = 0; count < 20; count += 1) {
      await take(items, 1);
      await sleep(5);
    }
  })();
  await stands(reading, 'rejected', 'Twenty items, beside a source that failed: the reader');
  await expect(reading).toRejectWith(failure);
});

timed('merge lets no items pile up for a slow reader', async () => {
  const { merge } = await load();
  const sources = [new Source(() => endless(10)), new Source(() => endless(500))] as const;
  const items = merge(...sources)[Symbol.asyncIterator]();

  await aWhile();
  const early = sources.map((source) => source.asked);
  expect(early, 'Times each source was asked before anybody wanted an item').toEqual([0, 0]);
  // All twelve come from the first source.
  await take(items, 12);
  await sleep(1000);
  const [asked, others] = sources.map((source) => source.asked);
  await leave(items);

  // One item of each source, or a short queue: one place for each source, and one item more.
  const first =
    'Times one of two sources was asked, with twelve items given out and three that may wait to be read';
  expect(asked, first).toBeLessThanOrEqual(15);
  const second =
    'Times the other source was asked, with no item given out and three that may wait to be read';
  expect(others, second).toBeLessThanOrEqual(3);
});

timed('an error of one source ends the merge and closes the others', async () => {
  const { merge } = await load();
  const failure = new Error('The second warehouse is down.');
  const startedAt = Date.now();
  const door = gate<number>();
  const stuck = new Source(() => waitsAt(door));
  const broken = new Source(() => failsAfter(50, failure));
  const lively = new Source(() => endless(20));
  const ended = new Source(() => each([1]));
  const sources = [stuck, broken, lively, ended];
  const items = merge(...sources)[Symbol.asyncIterator]();

  const taking = take(items, 9);
  await stands(taking, 'rejected', 'After one of four sources failed, the reader');
  await expect(taking).toRejectWith(failure);
  await givesNothingMore(items, failure, 'After the error, what the next next() gave');
  // An iterator that failed may fail once more when somebody leaves it.
  await leave(items).catch(() => {});
  expect(
    sources.map((source) => source.closed),
    'Calls of return() of a stuck source, the one that failed, another, and one that has ended',
  ).toEqual([1, 0, 1, 0]);
  expect(
    [stuck, lively].map(({ closedAt }) => closedAt - startedAt),
    'The error came at 50 ms. The milliseconds at which the two others were closed',
  ).toEqual([50, 50]);
  // Nobody waits for it any more.
  door.fail(new Error('The connection was lost.'));
  await aWhile();
  expect(
    sources.map((source) => source.askedAfterEnd),
    'One source of four failed. Calls of next() of each of them, when it had ended or was closed',
  ).toEqual([0, 0, 0, 0]);

  for (const error of [failure, undefined]) {
    // Two fail while nobody waits for an item, one much later, and one when it is closed.
    const twice = merge(
      new Source(() => waitsAt(gate<number>(), [1])),
      new Source(() => failsAfter(5, error)),
      new Source(() => failsAfter(5, error)),
      new Source(() => failsAfter(500, error)),
      new Source(() => badlyClosed(50)),
    )[Symbol.asyncIterator]();
    await take(twice, 1);
    await aWhile();
    const what = `Two sources failed between two items, with ${error === undefined ? 'undefined' : 'an error'}.`;
    // An item that was there before may come first.
    const late = take(twice, 9);
    await stands(late, 'rejected', `${what} After that, the reader`);
    await failsWith(late, error);
    await sleep(1000);
    for (const when of ['next', 'after that']) {
      await givesNothingMore(twice, error, `${what} The first error was told. What came ${when}`);
    }
  }
});

timed('what fails after the loop was left is no unhandled rejection', async () => {
  const { mapAsync, merge, pages } = await load();
  const late = gate<never>();
  const failing = () => new Source(() => waitsAt(late));
  const bad = () => new Source(() => badlyClosed(1));
  const loops: Record<string, AsyncIterable<unknown>> = {
    'pages, whose page fails late': pages(() => late.wait()),
    'merge, whose items fail late': merge(failing(), failing()),
    'mapAsync, whose item fails late': mapAsync(failing(), 2, async (item) => item),
    'mapAsync, whose work fails late': mapAsync(new Source(() => endless(1)), 3, () => late.wait()),
    'merge, whose source cannot be closed': merge(bad()),
    'mapAsync, whose source cannot be closed': mapAsync(bad(), 1, () => late.wait()),
  };

  for (const [what, loop] of Object.entries(loops)) {
    const items = loop[Symbol.asyncIterator]();
    items.next().catch(() => {});
    await aWhile();
    const left = leave(items);
    // Who waits for a source that is closed may tell what went wrong there.
    if (what.endsWith('cannot be closed') && (await settlesAs(left)) === 'rejected') {
      await expect(left).toRejectWith({ message: cannotBeClosed });
    } else {
      await stands(left, 'fulfilled', `When the reader left ${what}, its return()`);
    }
  }
  late.fail(new Error('The connection was lost.'));
  await aWhile();
});

timed('leaving while an item is waited for ends at once, and starts no work', async (clock) => {
  const { mapAsync, merge } = await load();
  const door = gate<string>();
  const source = () => new Source(() => waitsAt(door));
  const open = [source(), source(), source(), new Source(() => endless(1))] as const;
  const failing = [failsWhenClosed(), failsWhenClosed()] as const;
  const ended = [new Source(() => each<string>([])), new Source(() => each([1, 2]))] as const;
  let calls = 0;
  const count = async () => {
    calls += 1;
  };
  const stuck = () => gate().wait();
  const loops = Object.entries({
    'merge waits for two stuck sources,': merge(open[0], open[1], ended[0]),
    'mapAsync waits for a stuck source,': mapAsync(open[2], 2, count),
    'mapAsync waits for stuck work,': mapAsync(open[3], 2, stuck),
    'merge waits for a source whose next() fails when it is closed,': merge(failing[0]),
    'mapAsync waits for a source whose next() fails when it is closed,': mapAsync(
      failing[1],
      1,
      count,
    ),
    'mapAsync waits for stuck work, and its source has ended,': mapAsync(ended[1], 3, stuck),
  }).map(([what, loop]) => {
    const items: AsyncIterator<unknown> = loop[Symbol.asyncIterator]();
    // All of them wait before anybody leaves one of them.
    return { what, items, waiting: items.next() };
  });
  await aWhile();

  for (const { what, items, waiting } of loops) {
    const before = [...open, ...failing].map(({ closed }) => closed);
    const leftAt = Date.now();
    await leavesAtOnce(items, `When ${what}`, clock, waiting);
    for (const [index, { closed, closedAt }] of [...open, ...failing].entries()) {
      if (closed === before[index]) continue;
      expect(closedAt - leftAt, `When ${what} milliseconds until its source was closed`).toBe(0);
    }
  }
  expect(
    [...open, ...failing].map(({ closed }) => closed),
    'Calls of return() of each of six sources',
  ).toEqual([1, 1, 1, 1, 1, 1]);
  expect(
    ended.map(({ closed }) => closed),
    'The reader left merge, and mapAsync. Calls of return() of a source that had ended by then',
  ).toEqual([0, 0]);
  const asked = open.map((one) => one.asked);
  door.open('late');
  await aWhile();
  expect(calls, 'Calls of fn after the loop was left').toBe(0);
  expect(
    open.map((one) => one.asked),
    'Times that each source was asked, when an item came after the loop was left',
  ).toEqual(asked);
  for (const { what, items } of loops) {
    const sentence = `When ${what} and the reader left, what a later next() gave`;
    expect(await settlementOf(items.next()), sentence).toBe('done');
  }

  // The one who asks leaves at once, before anything could happen.
  const never = () => new Source(() => waitsAt(gate<string>()));
  const hasty = [never(), never()] as const;
  for (const [what, loop] of Object.entries({
    merge: merge(hasty[0]),
    mapAsync: mapAsync(hasty[1], 2, count),
  })) {
    const items = loop[Symbol.asyncIterator]();
    const waiting = items.next();
    await leavesAtOnce(
      items,
      `The reader of ${what} called next(), and return() right after it:`,
      clock,
      waiting,
    );
  }
  const right = 'The reader of merge, and of mapAsync, called next(), and return() right after it.';
  for (const { asked: times, closed } of hasty) {
    // One that was not asked may stay as it is.
    if (times === 0 && closed === 0) continue;
    expect(closed, `${right} Calls of return() of the source, which was asked`).toBe(1);
  }
  expect(
    hasty.map(({ askedAfterEnd }) => askedAfterEnd),
    `${right} Calls of next() of the source after it was closed`,
  ).toEqual([0, 0]);
  expect(calls, `${right} Calls of fn`).toBe(0);
});

timed(
  'who has left between two items gets no more, and nothing more is asked for',
  async (clock) => {
    const { mapAsync, merge, pages } = await load();
    for (const before of [0, 1]) {
      let asked = 0;
      let signal: AbortSignal | undefined;
      let abortedAt = 0;
      const sources: Source<number>[] = [];
      const source = () => {
        const one = new Source(async function* () {
          asked += 1;
          yield 1;
          asked += 1;
          yield 2;
          await gate().wait();
        });
        sources.push(one);
        return one;
      };
      const loops = {
        pages: pages(async (_cursor, given) => {
          asked += 1;
          signal = given;
          given.addEventListener('abort', () => (abortedAt = clock.now));
          return { items: [1, 2], next: null };
        }),
        merge: merge(source(), source()),
        'mapAsync, whose source is stuck,': mapAsync(source(), 2, async (item) => item),
        'mapAsync, whose work is stuck,': mapAsync(source(), 2, (item) =>
          item === 1 ? Promise.resolve(item) : gate<number>().wait(),
        ),
      };

      for (const [what, loop] of Object.entries(loops)) {
        const items = loop[Symbol.asyncIterator]();
        await take(items, before);
        await aWhile();
        const askedBefore = asked;
        const [leftAt, wallAt] = [clock.now, Date.now()];
        const left = before === 0 ? 'before the first item' : 'between two items';
        await leavesAtOnce(items, `The reader left ${what} ${left}:`, clock);
        for (const when of ['a later next()', 'the one after that']) {
          const sentence = `The reader left ${what} ${left}: what ${when} gave`;
          expect(await settlementOf(items.next()), sentence).toBe('done');
        }
        await leavesAtOnce(items, `The reader left ${what} ${left}, and once more:`, clock);
        expect(asked - askedBefore, `The reader left ${what} ${left}: fetched after that`).toBe(0);
        if (before === 0) continue;
        const closedAt = sources.map((one) => one.closedAt).filter((at) => at > wallAt);
        expect(closedAt, `The reader left ${what} ${left}: sources closed later`).toEqual([]);
        if (abortedAt > leftAt) {
          expect.fail(
            `The reader left ${what} ${left}: the signal was aborted ${abortedAt - leftAt} ms later.`,
          );
        }
      }
      // Who has not begun may close them or not.
      const closed = sources.map((one) => Math.max(one.closed, 1 - before));
      const closing =
        'The reader left between two items. Calls of return() of the two sources of merge, and of those of mapAsync';
      expect(closed, closing).toEqual([1, 1, 1, 1]);
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
    'a source of merge, behind nine stuck ones,': merge(
      ...Array.from({ length: 9 }, () => new Source(() => waitsAt(gate<string>()))),
      new Source(() => waitsAt(doors[0])),
    ),
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
  // An item like others: nobody has thrown it.
  const mistake = new Error('The price is missing.');
  const sources = [
    new Source(() => each(['at 30', undefined, 0, '', '', null, mistake], 30)),
    new Source(() => each([])),
    new Source(() => each(['at 20', 'at 40'], 20)),
  ];
  const mapped = new Source(() => each([1, undefined, 0, '', null, mistake]));
  const anew = { [Symbol.asyncIterator]: () => each(['first', 'second'], 10) };
  const results = new Map<unknown, unknown>([
    ['', undefined],
    [0, null],
    [mistake, mistake],
  ]);
  const loops = [
    merge<unknown>(...sources),
    mapAsync<unknown, unknown>(mapped, 2, async (item) => {
      await sleep(5);
      return results.has(item) ? results.get(item) : `${String(item)} done`;
    }),
    merge<string>(),
    // Whoever asks it for an iterator gets a new one.
    merge(anew, anew),
  ];

  const all: unknown[][] = [];
  for (const loop of loops) {
    const items = loop[Symbol.asyncIterator]();
    const taking = take(items, 99).catch((error: unknown) => {
      if (error !== mistake) throw error;
      return expect.fail(
        'An item that is an Error was thrown. It should come out as any other item does.',
      );
    });
    all.push(await taking);
    await take(items, 1);
    await leave(items);
  }

  expect(all[0], 'The merged items').toEqual([
    'at 20',
    'at 30',
    'at 40',
    undefined,
    0,
    '',
    '',
    null,
    mistake,
  ]);
  expect(all[1], 'The results').toEqual([
    '1 done',
    'undefined done',
    null,
    undefined,
    'null done',
    mistake,
  ]);
  expect(all[2], 'The items of no source').toEqual([]);
  const same =
    'The items of two sources that are the same object, and give a new iterator each time';
  expect(all[3], same).toEqual(['first', 'first', 'second', 'second']);
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
  // The second and the third are given out at 300 ms, one right after the other. The work of the third and the fourth has ended at 200 ms:
  // who counts the work alone has two places then, or one, where there is no room for more results.
  const last = starts.slice(4).map((ms) => (ms === 200 ? 200 : 300));
  expect(starts).toStartAt([0, 0, 0, 100, ...(last.length === 2 ? last : [300, 300])]);
});

timed('mapAsync lets no results pile up for a slow reader', async () => {
  const { mapAsync } = await load();

  for (const limit of [1, 3, 5]) {
    const source = new Source(() => endless(1));
    let working = 0;
    let workers = 0;
    const items = mapAsync(source, limit, async (item) => {
      working += 1;
      workers = Math.max(workers, working);
      await sleep(200);
      working -= 1;
      return item;
    })[Symbol.asyncIterator]();
    // Who counts the work alone lets some results wait for the reader, and one more item for its place.
    const room = 2 * limit + 1;
    await aWhile();
    expect(source.asked, 'Items asked for before anybody wanted a result').toBe(0);
    const first = items.next();
    await aWhile();
    const sentence = `The limit is ${limit}, and no result was there yet. Items asked for`;
    expect(source.asked, sentence).toBeLessThanOrEqual(limit + 1);
    await first;
    for (let given = 1; given <= 5; given += 1) {
      if (given > 1) await take(items, 1);
      // A slow reader: whoever reads on by himself has all the time for it.
      await sleep(500);
      const more = source.asked - given;
      if (more <= room) continue;
      expect.fail(
        `The limit is ${limit}, and ${given} results were given out to a slow reader. Beyond these, ${more} items were asked for.`,
      );
    }
    await leave(items);
    expect(workers, `The limit is ${limit}. Items that fn worked on at once`).toBeLessThanOrEqual(
      limit,
    );
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
  const work = async (item: number) => {
    await sleep(item < 3 ? 200 : 10);
    if (item > 2) throw failure;
    return item;
  };
  // The error is there long before the two results that come out first.
  const sources = {
    busy: new Source(() => endless(1)),
    broken: new Source(() => failsAfter(5, failure, [1, 2])),
    ended: new Source(() => each([1, 2, 3])),
  };
  const toldAt: number[] = [];

  for (const [what, source] of Object.entries(sources)) {
    const items = mapAsync(source, 4, work)[Symbol.asyncIterator]();
    const first = take(items, 2);
    const before = `With a source that is ${what}, the two results before the error:`;
    await sleep(300);
    await stands(first, 'fulfilled', `${before} the reader of them`);
    expect(await first, before).toEqual([1, 2]);
    const next = items.next();
    next.catch(() => toldAt.push(Date.now()));
    await stands(next, 'rejected', `With a source that is ${what}, the next() after these results`);
    await expect(next).toRejectWith(failure);
    for (const when of ['next() gave after the error', 'the one after that gave']) {
      const sentence = `With a source that is ${what}, what ${when}`;
      await givesNothingMore(items, failure, sentence);
    }
    await leave(items).catch(() => {});
  }
  const { busy, broken, ended } = sources;
  expect(
    busy.closedAt - toldAt[0]!,
    'Milliseconds from the error of fn until the source was closed',
  ).toBeLessThanOrEqual(0);
  expect(busy.askedAfterEnd, 'Calls of next() of a source that was closed').toBe(0);
  expect(busy.closed, 'Calls of return() of a source whose item failed').toBe(1);
  expect(broken.closed, 'Calls of return() of a source that failed itself').toBe(0);
  expect(broken.askedAfterEnd, 'Calls of next() of a source that had failed').toBe(0);
  expect(ended.closed, 'Calls of return() of a source that had ended before fn failed').toBe(0);

  // The source fails too when it is closed; and an error may be `undefined`.
  const fails = (error: unknown) => async () => {
    throw error;
  };
  const loops = {
    'An error of fn, and one of return() after it': [
      mapAsync(new Source(() => badlyClosed(1)), 1, fails(failure)),
      failure,
    ],
    'fn failed with undefined': [
      mapAsync(new Source(() => endless(1)), 2, fails(undefined)),
      undefined,
    ],
    'The source failed with undefined': [
      mapAsync(new Source(() => failsAfter(5, undefined)), 2, work),
      undefined,
    ],
  } as const;
  for (const [what, [loop, error]] of Object.entries(loops)) {
    const next = loop[Symbol.asyncIterator]().next();
    await stands(next, 'rejected', `${what}: next()`);
    await failsWith(next, error);
  }
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
  #endedAt = Infinity;
  readonly #items: AsyncGenerator<T, void>;

  constructor(read: () => AsyncGenerator<T, void>) {
    this.#items = read();
  }

  [Symbol.asyncIterator](): AsyncIterator<T, void> {
    return new SourceIterator(this);
  }

  async next(): Promise<IteratorResult<T, void>> {
    this.asked += 1;
    // In the same millisecond nobody need have heard of it yet. Who has closed it knows.
    if (this.closed > 0 || Date.now() > this.#endedAt) this.askedAfterEnd += 1;
    try {
      const step = await this.#items.next();
      if (step.done === true) this.#endedAt = Date.now();
      return step;
    } catch (error) {
      this.#endedAt = Date.now();
      throw error;
    }
  }

  return(): Promise<IteratorResult<T, void>> {
    this.closed += 1;
    this.closedAt = Date.now();
    return this.#items.return();
  }
}

/** As every iterator, it needs its `this`. To close another one than was asked closes nothing. */
class SourceIterator<T> implements AsyncIterator<T, void> {
  readonly #source: Source<T>;
  #asked = false;

  constructor(source: Source<T>) {
    this.#source = source;
  }

  next(): Promise<IteratorResult<T, void>> {
    this.#asked = true;
    return this.#source.next();
  }

  async return(): Promise<IteratorResult<T, void>> {
    if (this.#asked || this.#source.asked === 0) return this.#source.return();
    return { done: true, value: undefined };
  }
}

/** Its `next()` waits until it is closed, and fails then. */
function failsWhenClosed(): AsyncIterable<string> & { closed: number; closedAt: number } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  const source = {
    closed: 0,
    closedAt: 0,
    [Symbol.asyncIterator]: (): AsyncIterator<string, void> => ({
      next: () => promise,
      return: async () => {
        source.closed += 1;
        source.closedAt = Date.now();
        reject(new Error('The connection was closed.'));
        return { done: true, value: undefined };
      },
    }),
  };
  return source;
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
  error: unknown,
  before: readonly number[] = [],
): AsyncGenerator<number, void> {
  yield* before;
  await sleep(ms);
  throw error;
}

const cannotBeClosed = 'The file cannot be closed.';

/** Whoever closes it is told of an error. */
async function* badlyClosed(everyMs: number): AsyncGenerator<number, void> {
  try {
    yield* endless(everyMs);
  } finally {
    await Promise.reject(new Error(cannotBeClosed));
  }
}

/** Fails unless `promise` rejects with `error`. Who waits for a source that is closed may tell what went wrong there. */
async function failsWith(promise: Promise<unknown>, error: unknown): Promise<void> {
  const [outcome] = await Promise.allSettled([promise]);
  const reason: unknown = outcome.status === 'rejected' ? outcome.reason : undefined;
  if (reason instanceof Error && reason.message === cannotBeClosed) return;
  await expect(promise).toRejectWith(error);
}

/** Fails if one of the signals tells that the reader has left. */
function reads(signals: readonly AbortSignal[]): void {
  for (const [page, signal] of signals.entries()) {
    if (!signal.aborted) continue;
    expect.fail(`The signal of page ${page + 1} was aborted while the reader was still reading.`);
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

/**
 * Leaves, and fails unless that has ended before any time could pass. So must `waiting`, if there is a next() that waits.
 * `when` names what is going on.
 */
async function leavesAtOnce(
  items: AsyncIterator<unknown>,
  when: string,
  clock: VirtualClock,
  waiting?: Promise<IteratorResult<unknown>>,
): Promise<void> {
  const began = clock.now;
  let [endedAt, answeredAt] = [began, began];
  const left = leave(items).then(() => {
    endedAt = clock.now;
  });
  const answered = waiting?.then(() => {
    answeredAt = clock.now;
  });
  answered?.catch(() => {});
  await stands(left, 'fulfilled', `${when} return()`, leavesAtOnce);
  expect(endedAt - began, `${when} return() took milliseconds`).toBe(0);
  if (waiting === undefined) return;
  const next = `${when} and the reader left. The next() that waited`;
  await stands(waiting, 'fulfilled', next, leavesAtOnce);
  expect((await waiting).done, `${next} gave \`done\``).toBe(true);
  expect(answeredAt - began, `${next} went on waiting for milliseconds`).toBe(0);
}

/** What `break` does in a `for await`. */
async function leave(items: AsyncIterator<unknown>): Promise<void> {
  if (items.return === undefined) {
    expect.fail('The loop cannot be left: your iterator has no return().');
  }
  const given: unknown = await items.return();
  // JavaScript's own rule.
  if (Object(given) === given) return;
  expect.fail(
    `Your return() gave ${String(given)}. A \`break\` throws a TypeError then: it needs an object.`,
  );
}

/** After an error nothing comes: `done`, or the same error once more. */
async function givesNothingMore(
  items: AsyncIterator<unknown>,
  error: unknown,
  what: string,
): Promise<void> {
  const next = items.next();
  const settlement = await settlementOf(next);
  if (settlement === 'an error') await expect(next).toRejectWith(error);
  else expect(settlement, what).toBe('done');
}

/** How a promise stands after a while. */
async function settlesAs(promise: Promise<unknown>): Promise<keyof typeof isNow> {
  promise.catch(() => {});
  await aWhile();
  return settled(promise);
}

/** What came of a next(), in a word. */
async function settlementOf(next: Promise<IteratorResult<unknown>>): Promise<string> {
  const now = await settlesAs(next);
  if (now === 'fulfilled') return (await next).done === true ? 'done' : 'an item';
  return now === 'rejected' ? 'an error' : 'nothing: it still waits';
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
  const reason = now === 'rejected' ? `\nIt failed with ${await reasonOf(promise)}` : '';
  failure.message = `${what} ${isNow[now]}; ${shouldBe[expected]}.${reason}`;
  throw failure;
}

/** Why the promise was rejected, in words. */
async function reasonOf(promise: Promise<unknown>): Promise<string> {
  const reason: unknown = await promise.catch((error: unknown) => error);
  return reason instanceof Error ? `${reason.name}: ${reason.message}` : String(reason);
}

/** Virtual time in which everything happens that can happen. */
function aWhile(): Promise<void> {
  return sleep(100);
}
