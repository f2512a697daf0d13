import { AssertionError } from 'node:assert';
import { AsyncLocalStorage } from 'node:async_hooks';
import fs, { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  collectGarbage,
  collectYoungGarbage,
  eachAbortPoint,
  expect,
  inVirtualTime,
  kata,
  microtasks,
  random,
  settled,
  test,
  turns,
  wrapFunctions,
} from '#harness';
import type { VirtualClock } from '#harness';
import type { BoundedQueue } from './backpressure.ts';

const load = kata(() => import('./backpressure.ts'));

const closed = { name: 'QueueClosedError' };
/** What reads or writes bytes of a file and gives the event loop back only then. */
const blockingFunctions = [
  'appendFileSync',
  'copyFileSync',
  'cpSync',
  'readFileSync',
  'readSync',
  'readvSync',
  'writeFileSync',
  'writeSync',
  'writevSync',
] as const;
const kilobyte = 1024;
const megabyte = 1024 * kilobyte;

timed('put waits while the queue is full', async (clock) => {
  const { BoundedQueue } = await load();
  const capacity = random().int(2, 5);
  const queue = new BoundedQueue<number>(capacity);
  const items = Array.from({ length: 12 }, (_, index) => index + 1);
  const wentOn: number[] = [];

  const produce = async () => {
    for (const item of items) {
      await queue.put(item);
      wentOn.push(clock.now);
    }
  };
  const consume = async () => {
    await sleep(103);
    for (const _ of items) {
      await queue.get();
      await sleep(7);
    }
  };
  await Promise.all([produce(), consume()]);

  for (const [index, item] of items.entries()) {
    const expected = index < capacity ? 0 : 103 + (index - capacity) * 7;
    if (wentOn[index] === expected) continue;
    expect.fail(
      `There is room for ${capacity} items. The first was taken at 103 ms, then one every 7 ms. Put number ${item} let its producer go on at ${wentOn[index]} ms; it should have been at ${expected} ms.`,
    );
  }
});

timed('putters and getters are served in the order in which they came', async () => {
  const { BoundedQueue } = await load();

  for (let moment = 0; moment <= 12; moment += 1) {
    const full = new BoundedQueue<string>(1);
    const puts = ['first', 'second', 'third'].map((item) => full.put(item));
    const got = [full.get()];
    if (moment > 0) await microtasks(moment);
    puts.push(full.put('newcomer'));
    await aWhile();
    for (let count = 0; count < 3; count += 1) got.push(full.get());
    await stands(Promise.all([...puts, ...got]), 'fulfilled', 'One of four puts and four gets');
    expect(await Promise.all(got)).toHappenInOrder(['first', 'second', 'third', 'newcomer']);

    const empty = new BoundedQueue<string>(1);
    const served: string[] = [];
    const take = (name: string) => empty.get().then((item) => served.push(`${name} got ${item}`));
    const takers = ['ada', 'ben', 'cy'].map(take);
    const given = [empty.put('1')];
    if (moment > 0) await microtasks(moment);
    takers.push(take('dan'));
    for (const item of ['2', '3', '4']) given.push(empty.put(item));
    await stands(Promise.all([...takers, ...given]), 'fulfilled', 'One of four gets and four puts');
    expect(served).toHappenInOrder(['ada got 1', 'ben got 2', 'cy got 3', 'dan got 4']);
  }
});

timed('undefined, null, 0 and other falsy items are items', async () => {
  const { BoundedQueue } = await load();
  const items = [undefined, null, 0, '', false, Number.NaN];
  const queue = new BoundedQueue<unknown>(2);

  const puts = items.map((item) => queue.put(item));
  const gets = items.map(() => queue.get());
  await stands(Promise.all([...puts, ...gets]), 'fulfilled', 'One put or get of a falsy item');
  const waiting = items.map(() => queue.get());
  const given = items.map((item) => queue.put(item));
  await stands(Promise.all([...waiting, ...given]), 'fulfilled', 'One get that waited, or its put');

  expect(await Promise.all(gets), 'Items that were put, and then taken').toEqual(items);
  expect(await Promise.all(waiting), 'Items for getters that waited already').toEqual(items);
});

timed('size counts what lies in the queue, and nobody who waits', async () => {
  const { BoundedQueue } = await load();
  const queue = new BoundedQueue<number>(2);
  const sizes: Record<string, number> = {};

  const getters = [queue.get(), queue.get()];
  await aWhile();
  sizes['two getters wait'] = queue.size;
  for (const item of [1, 2, 3]) await queue.put(item);
  await Promise.all(getters);
  sizes['two of three items were handed over'] = queue.size;
  const putters = [4, 5, 6].map((item) => queue.put(item));
  await aWhile();
  sizes['the queue is full, and two putters wait'] = queue.size;
  await queue.get();
  await aWhile();
  sizes['one was taken, and one putter waits'] = queue.size;
  for (let count = 0; count < 3; count += 1) await queue.get();
  await Promise.all(putters);
  sizes['all were taken'] = queue.size;

  const expected = {
    'two getters wait': 0,
    'two of three items were handed over': 1,
    'the queue is full, and two putters wait': 2,
    'one was taken, and one putter waits': 2,
    'all were taken': 0,
  };
  for (const [when, size] of Object.entries(expected)) {
    expect(sizes[when], `There is room for 2. The size when ${when}`).toBe(size);
  }
});

timed('an aborted get rejects at once, and loses no item', async () => {
  const { BoundedQueue } = await load();
  const items = ['first', 'second'];

  await eachAbortPoint(async ({ k, signal, reason, arm }) => {
    const queue = new BoundedQueue<string>(1);
    const aborted = queue.get({ signal });
    const outcome = aborted.then(
      (item) => [item],
      () => [],
    );
    const next = queue.get();

    // The abort comes up to ten microtasks before the item, and up to ten after it.
    arm();
    await microtasks(10);
    if (k === 0) await stands(aborted, 'rejected', 'The get that was aborted while it waited');
    const puts = items.map((item) => queue.put(item));

    await stands(Promise.all([...puts, next]), 'fulfilled', 'The next getter, or one of two puts');
    const out = [...(await outcome), await next, ...(await drain(queue))];
    expect(out, 'Two items were put, and one get was aborted. What came out').toEqual(items);
    if ((await settled(aborted)) === 'rejected') await expect(aborted).toRejectWith({ reason });
  });

  const queue = new BoundedQueue<string>(1);
  const first = queue.get();
  const { gone, reason, giveUp } = twoGiveUp((signal) => queue.get({ signal }));
  const last = queue.get();
  await giveUp();
  for (const getter of gone) {
    await stands(getter, 'rejected', 'One of two getters who gave up, with 0 as the reason,');
    await expect(getter).toRejectWith({ reason });
  }
  const all = Promise.all([first, last, ...items.map((item) => queue.put(item))]);
  await stands(all, 'fulfilled', 'A getter in front of two who gave up, or one behind them,');
  expect(await Promise.all([first, last]), 'What the two others got').toEqual(items);
});

timed('an aborted put rejects at once, and its item never comes out', async () => {
  const { BoundedQueue } = await load();

  await eachAbortPoint(async ({ k, signal, reason, arm }) => {
    const queue = new BoundedQueue<string>(1);
    await queue.put('first');
    const aborted = queue.put('aborted', { signal });
    aborted.catch(() => {});
    const next = queue.put('next');

    // The abort comes up to ten microtasks before there is room, and up to ten after it.
    arm();
    await microtasks(10);
    if (k === 0) await stands(aborted, 'rejected', 'The put that was aborted while it waited');
    const out = await drain(queue);
    await stands(next, 'fulfilled', 'The next putter, when all was taken');

    const wentIn = (await settled(aborted)) === 'fulfilled';
    expect(
      out,
      `The aborted put ${wentIn ? 'resolved all the same' : 'rejected'}. What came out`,
    ).toEqual(wentIn ? ['first', 'aborted', 'next'] : ['first', 'next']);
    if (!wentIn) await expect(aborted).toRejectWith({ reason });
  });

  const queue = new BoundedQueue<string>(1);
  await queue.put('in the queue');
  // Equal items: who gives up is known by more than its item.
  const first = queue.put('equal');
  const { gone, reason, giveUp } = twoGiveUp((signal) => queue.put('equal', { signal }));
  const last = queue.put('equal');
  await giveUp();
  for (const putter of gone) {
    await stands(putter, 'rejected', 'One of two putters who gave up, with 0 as the reason,');
    await expect(putter).toRejectWith({ reason });
  }
  const out = await drain(queue);
  const sentence =
    'Four putters waited with equal items, and the two in the middle gave up. What came out';
  expect(out, sentence).toEqual(['in the queue', 'equal', 'equal']);
  await stands(
    Promise.all([first, last]),
    'fulfilled',
    'A putter in front of two with equal items who gave up, or one behind them,',
  );
});

timed('a signal that is aborted already is refused', async () => {
  const { BoundedQueue } = await load();
  const reason = new Error('The customer went home.');
  const options = { signal: AbortSignal.abort(reason) };
  const queue = new BoundedQueue<string>(2);
  await queue.put('in the queue');

  await expect(() => queue.put('aborted', options)).toRejectWith({ reason });
  await expect(() => queue.get(options)).toRejectWith({ reason });

  expect(await drain(queue), 'What is in the queue then').toEqual(['in the queue']);
  const [empty, full] = [new BoundedQueue<string>(1), new BoundedQueue<string>(1)];
  await full.put('in the queue');
  const waitedFor = new BoundedQueue<string>(1);
  const getter = waitedFor.get();
  const refused = {
    'A get on an empty queue': Promise.try(() => empty.get(options)),
    'A put on a full queue': Promise.try(() => full.put('aborted', options)),
    'A put while a getter waits': Promise.try(() => waitedFor.put('aborted', options)),
  };
  const all = Promise.allSettled(Object.values(refused));
  for (const [what, call] of Object.entries(refused)) {
    await stands(call, 'rejected', `${what}, with a signal that was aborted already,`);
    await expect(call).toRejectWith({ reason });
  }
  await all;
  await stands(getter, 'pending', 'The getter that waited, when the put was refused,');
});

timed('put and get leave no listener on the signal', async () => {
  const { BoundedQueue } = await load();
  const kept = new AbortController();
  const { signal } = kept;
  const aborted = new AbortController();
  const queue = new BoundedQueue<number>(1);
  const shut = new BoundedQueue<number>(1);
  const shutFull = await filled(BoundedQueue, [1]);

  const calls: Promise<unknown>[] = [
    queue.get({ signal }),
    ...[1, 2, 3].map((item) => queue.put(item, { signal })),
    queue.put(4, { signal: aborted.signal }),
    queue.get({ signal }),
    queue.get({ signal }),
    shut.get({ signal: aborted.signal }),
    shut.get({ signal }),
    shutFull.put(2, { signal }),
  ];
  const all = Promise.allSettled(calls);
  aborted.abort(new Error('The customer went home.'));
  shut.close();
  shutFull.close();
  const late = Promise.allSettled([shut.put(5, { signal }), shut.get({ signal })]);

  await stands(
    Promise.all([all, late]),
    'fulfilled',
    'One of twelve calls that have nothing to wait for',
  );
  // What is left on the other one is never called: it was aborted already.
  expect(kept.signal).toHaveNoListeners();
});

timed('close wakes everyone who waits', async () => {
  const { BoundedQueue } = await load();
  const empty = new BoundedQueue<string>(1);
  const full = new BoundedQueue<string>(1);
  await full.put('in the queue');

  const getters = [empty.get(), empty.get()];
  const putters = [full.put('waiting'), full.put('waiting too')];
  for (const waiter of [...getters, ...putters]) {
    await stands(waiter, 'pending', 'A get on an empty queue, or a put on a full one');
  }
  empty.close();
  full.close();

  for (const getter of getters) {
    await stands(getter, 'rejected', 'A getter that waited when the queue was closed');
    await expect(getter).toRejectWith(closed);
  }
  for (const putter of putters) {
    await stands(putter, 'rejected', 'A putter that waited when the queue was closed');
    await expect(putter).toRejectWith(closed);
  }
  const out = await drain(full);
  expect(out, 'Two putters waited when the queue was closed. What came out').not.toContain(
    'waiting',
  );
});

timed('what lies in a closed queue is still taken, and nothing comes after', async () => {
  const { BoundedQueue } = await load();
  const queue = new BoundedQueue<string>(3);
  await queue.put('first');
  await queue.put('second');

  queue.close();
  queue.close();
  const late = queue.put('too late');
  const gets = [queue.get(), queue.get()];

  await stands(late, 'rejected', 'A put after close');
  await expect(late).toRejectWith(closed);
  await stands(Promise.all(gets), 'fulfilled', 'A get of what was put before close');
  expect(await Promise.all(gets), 'What came out after close').toEqual(['first', 'second']);
  const last = queue.get();
  await stands(last, 'rejected', 'A get when the queue was closed, and is empty');
  await expect(last).toRejectWith(closed);

  const handedOver = new BoundedQueue<string>(1);
  const getter = handedOver.get();
  const put = handedOver.put('handed over');
  handedOver.close();
  await stands(Promise.allSettled([getter, put]), 'fulfilled', 'A get or put before close');
  const out = [...(await getter.then((item) => [item]).catch(() => []))];
  out.push(...(await drain(handedOver)));
  const wentIn = (await settled(put)) === 'fulfilled';
  const sentence = `A getter waited, an item was put, and the queue was closed in the same moment. The put ${wentIn ? 'resolved' : 'rejected'}. What came out`;
  expect(out, sentence).toEqual(wentIn ? ['handed over'] : []);

  const shut = await filled(BoundedQueue, [1, 2, 3]);
  const rest: number[] = [];
  const readingRest = (async () => {
    for await (const item of shut) {
      rest.push(item);
      if (item === 1) shut.close();
    }
  })();
  await stands(readingRest, 'fulfilled', 'The loop over a queue that was closed');
  expect(rest, 'The queue of three items was closed at the first. What the loop saw').toEqual([
    1, 2, 3,
  ]);
});

timed('for await waits for items, and ends when a closed queue is empty', async () => {
  const { BoundedQueue } = await load();
  const queue = new BoundedQueue<unknown>(2);
  const items = [1, undefined, 0, 4];
  const seen: unknown[] = [];

  const reading = (async () => {
    for await (const item of queue) seen.push(item);
  })();
  for (const item of items) {
    await aWhile();
    await queue.put(item);
  }
  await stands(reading, 'pending', 'The loop over a queue that is empty, but open,');
  queue.close();

  await stands(reading, 'fulfilled', 'The loop over a queue that was closed');
  await reading;
  expect(seen, 'Items that the loop saw').toEqual(items);
  const readingLate = (async () => {
    for await (const item of queue) seen.push(item);
  })();
  const late = 'A loop that began when the queue was closed and empty';
  await stands(readingLate, 'fulfilled', late);

  const left = await filled(BoundedQueue, [1, 2, 3]);
  for await (const item of left) if (item === 1) break;
  await stands(left.put(4), 'fulfilled', 'A put after a loop that was left at the first item');
  const rest: number[] = [];
  const readingRest = (async () => {
    for await (const item of left) rest.push(item);
  })();
  await aWhile();
  left.close();
  await stands(readingRest, 'fulfilled', 'A second loop over a queue that was closed');
  const sentence =
    'A loop was left at the first of three items, and one more was put. What a second loop saw';
  expect(rest, sentence).toEqual([2, 3, 4]);
});

timed('copy reads no faster than the destination writes', async (clock) => {
  const { copy } = await load();
  const copies = [100, 100, 100, 0].map((chunks) => new SlowCopy(chunks));

  await Promise.all(copies.map(({ source, destination }) => copy(source, destination)));

  for (const { chunks, mostInMemory, intact, finished } of copies) {
    // Each stream may fill its own buffer of 4 KB; a chunk or two are on their way between them.
    if (mostInMemory > 16) {
      expect.fail(
        `Of 100 KB, ${mostInMemory} KB had been read and were not written yet. The buffers of the two streams hold 8 KB together.`,
      );
    }
    if (!intact) {
      expect.fail(
        'copy resolved. What was written is not what the source gave, once and in order.',
      );
    }
    if (!finished) {
      expect.fail(
        `copy resolved, and the destination had not finished: it was not ended, or copy did not wait for it. The source had ${chunks} chunks.`,
      );
    }
  }
  const sentence = 'Milliseconds for 100 chunks, written in 10 ms each, and 10 ms for the end';
  expect(clock.now, sentence).toBe(1010);
});

timed('when one stream fails, copy rejects with its error and destroys both', async () => {
  const { copy } = await load();

  for (const failing of ['source', 'destination'] as const) {
    for (const [when, streams] of Object.entries(standstills)) {
      const { source, destination } = streams();
      // A source that has ended does not fail any more.
      if (failing === 'source' && when === 'the destination comes to no end') continue;
      const failure = new Error(`The ${failing} broke.`);
      const copying = copy(source, destination);
      copying.catch(() => {});
      await sleep(55);
      (failing === 'source' ? source : destination).destroy(failure);

      await stands(copying, 'rejected', `The copy whose ${failing} failed while ${when}`);
      await expect(copying).toRejectWith(failure);
      expect(
        { source: source.destroyed, destination: destination.destroyed },
        `The ${failing} failed. Is each of the two streams destroyed`,
      ).toEqual({ source: true, destination: true });
    }
  }
});

timed('an abort ends copy at once, also while the source is silent', async () => {
  const { copy } = await load();
  const reason = new Error('The customer went home.');

  for (const [when, streams] of Object.entries(standstills)) {
    const { source, destination } = streams();
    const controller = new AbortController();
    const copying = copy(source, destination, { signal: controller.signal });
    await stands(copying, 'pending', `While ${when}, the copy`);
    controller.abort(reason);

    await stands(copying, 'rejected', `The copy that was aborted while ${when}`);
    await expect(copying).toRejectWith({ reason });
    expect(
      { source: source.destroyed, destination: destination.destroyed },
      'The copy was aborted. Is each of the two streams destroyed',
    ).toEqual({ source: true, destination: true });
  }

  const { source, destination } = new SlowCopy(5);
  await expect(() => copy(source, destination, { signal: AbortSignal.abort(reason) })).toRejectWith(
    { reason },
  );
  expect(
    { source: source.destroyed, destination: destination.destroyed },
    'The signal was aborted before the call of copy. Is each of the two streams destroyed',
  ).toEqual({ source: true, destination: true });
});

test('copyFile copies several large files, and holds none of them in memory', async () => {
  const { copyFile } = await load();
  await using folder = await temporaryFolder();
  // No whole number of pieces, whatever their size; and a file with nothing in it.
  const longest = bytes(4 * megabyte + 3);
  const contents = [longest, longest.subarray(1), longest.subarray(2), Buffer.alloc(0)];
  const names = contents.map((_, index) => folder.file(`${index}`));
  for (const [index, content] of contents.entries()) writeFileSync(names[index]!, content);

  const memory = watchMemory(3 * megabyte);
  const copying = Promise.all(names.map((name) => copyFile(name, `${name}.copy`)));
  await memory.during(copying);

  if (memory.most > 3 * megabyte) {
    expect.fail(
      `Three files of 4 MB were copied at once, and at least ${Math.floor(memory.most / megabyte)} MB of buffers were in use. One copy needs less than 1 MB.`,
    );
  }
  for (const [index, content] of contents.entries()) {
    const copy = `${names[index]!}.copy`;
    const copied = existsSync(copy) ? readFileSync(copy) : null;
    if (copied?.equals(content)) continue;
    const bytesOfCopy = copied
      ? `the copy has ${copied.length}, and they are not the same`
      : 'and there is no copy';
    expect.fail(`copyFile resolved. The original has ${content.length} bytes, ${bytesOfCopy}.`);
  }
});

test('copyFile gives the event loop back while it copies', async () => {
  const { copyFile } = await load();
  await using originals = await temporaryFolder();
  await using folder = await temporaryFolder();
  const from = originals.file('original');
  writeFileSync(from, bytes(megabyte));

  const blocking = watchBlockingCalls();
  await blocking.during(() => copyFile(from, folder.file('copy')));

  if (blocking.calls.length === 0) return;
  expect.fail(
    `copyFile called ${blocking.calls[0]}, which blocks the event loop until it is done: nothing else could run meanwhile.`,
  );
});

test('copyFile that fails or is aborted leaves no file behind', async () => {
  const { copyFile } = await load();
  await using originals = await temporaryFolder();
  await using folder = await temporaryFolder();
  const [from, to] = [originals.file('original'), folder.file('copy')];
  writeFileSync(from, bytes(4 * megabyte));
  const reason = new Error('The customer went home.');

  const missing = copyFile(originals.file('missing'), to);
  // The error of what went wrong first, not that of the tidying up.
  await expectToTell(missing, 'The original is missing', /ENOENT.*missing/);
  await folder.expectNothing('The original is missing');
  // Whoever looks before he copies may say it in his own words.
  await expectToTell(copyFile(originals.file('.'), to), 'The original is a folder', /\S/);
  await folder.expectNothing('The original is a folder');
  await expectToTell(
    copyFile(from, folder.file('missing/copy')),
    'The folder of the copy is missing',
    /ENOENT/,
  );
  await folder.expectNothing('The folder of the copy is missing');
  await expect(() => copyFile(from, to, { signal: AbortSignal.abort(reason) })).toRejectWith({
    reason,
  });
  await folder.expectNothing('It was aborted beforehand');
  for (const moment of ['at once', 'soon', 'when there is a file'] as const) {
    const controller = new AbortController();
    const copying = copyFile(from, to, { signal: controller.signal });
    const outcome = copying.then(
      () => 'copied',
      () => 'rejected',
    );
    if (moment === 'soon') await turns(1);
    if (moment === 'when there is a file') await Promise.race([folder.firstFile(), outcome]);
    controller.abort(reason);

    // Who has copied all before the abort has nothing to undo.
    if ((await outcome) === 'copied') {
      expect(readFileSync(to).length, 'Bytes of the copy').toBe(4 * megabyte);
      await rm(to);
      continue;
    }
    await expect(copying).toRejectWith({ reason });
    await folder.expectNothing(`It was aborted ${moment}`);
  }

  // Who gives a complete copy its name at the end is aborted when it has the name, and has not gone on yet.
  const small = originals.file('small');
  writeFileSync(small, 'A small file.');
  const controller = new AbortController();
  const unwrap = wrapFunctions(
    [{ owner: fs.promises, names: ['rename', 'link'], prefix: '' }],
    (_name, call) => Promise.resolve(call()).then(() => controller.abort(reason)),
  );
  const named = copyFile(small, to, { signal: controller.signal });
  const [outcome] = await Promise.allSettled([named]);
  unwrap();
  if (outcome.status === 'rejected') {
    await expect(named).toRejectWith({ reason });
    await folder.expectNothing(
      'The copy was complete and had its name, and was aborted then. copyFile rejected',
    );
  } else {
    expect(readFileSync(to, 'utf8').slice(0, 13), 'copyFile resolved. The copy begins with').toBe(
      'A small file.',
    );
  }
  await originals.expectNothing('Some copies of it failed or were aborted', 'original', 'small');
});

/** Fails unless `copying` rejects with an error whose message says so, or with one that was caused by such an error. */
async function expectToTell(copying: Promise<void>, when: string, message: RegExp): Promise<void> {
  const [outcome] = await Promise.allSettled([copying]);
  if (outcome.status === 'fulfilled') expect.fail(`${when}, but copyFile resolved.`);
  const error: unknown = outcome.reason;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const told = [error, cause].map((each) => (each instanceof Error ? each.message : ''));
  if (told.some((each) => message.test(each))) return;
  expect(told[0], `${when}. The message of the error`).toMatch(message);
}

/** A test in virtual time, so that a minute of waiting costs nothing and every millisecond is exact. */
function timed(name: string, body: (clock: VirtualClock) => Promise<void>): void {
  test(name, () => inVirtualTime(body));
}

/** Two waiters with one signal, and the abort on which both give up. */
function twoGiveUp(wait: (signal: AbortSignal) => Promise<unknown>) {
  // A reason may be any value, also one that looks like none.
  const reason = 0;
  const controller = new AbortController();
  const gone = [wait(controller.signal), wait(controller.signal)];
  const giveUp = async (): Promise<void> => {
    controller.abort(reason);
    for (const waiter of gone) waiter.catch(() => {});
    await aWhile();
  };
  return { gone, reason, giveUp };
}

async function filled<T>(
  Queue: typeof BoundedQueue,
  items: readonly T[],
): Promise<BoundedQueue<T>> {
  const queue = new Queue<T>(items.length);
  for (const item of items) await queue.put(item);
  return queue;
}

/** Takes what is in the queue, and what comes in when there is room. */
async function drain<T>(queue: BoundedQueue<T>): Promise<T[]> {
  const out: T[] = [];
  await aWhile();
  while (queue.size > 0) {
    out.push(await queue.get());
    await aWhile();
  }
  return out;
}

/** A source that gives chunks of a kilobyte at once, and a destination that needs 10 ms for each. */
class SlowCopy {
  readonly source: Readable;
  readonly destination: Writable;
  mostInMemory = 0;
  /** Whether the destination has done what it does at its end. */
  finished = false;
  /** How many chunks the source gives. */
  readonly chunks: number;
  #sent: Buffer[] = [];
  #written: Buffer[] = [];

  constructor(chunks: number) {
    this.chunks = chunks;
    const [sent, written] = [this.#sent, this.#written];
    const numbers = random();
    const note = () => {
      this.mostInMemory = Math.max(this.mostInMemory, sent.length - written.length);
    };
    this.source = new Readable({
      highWaterMark: 4 * kilobyte,
      read() {
        if (sent.length === chunks) {
          this.push(null);
          return;
        }
        const chunk = Buffer.alloc(kilobyte, numbers.nonce());
        sent.push(chunk);
        note();
        this.push(chunk);
      },
    });
    this.destination = new Writable({
      highWaterMark: 4 * kilobyte,
      write(chunk: Buffer, _encoding, done) {
        setTimeout(() => {
          written.push(chunk);
          done();
        }, 10);
      },
      final: (done) => {
        setTimeout(() => {
          this.finished = true;
          done();
        }, 10);
      },
    });
  }

  /** Whether the destination has written what the source gave. */
  get intact(): boolean {
    return Buffer.concat(this.#sent).equals(Buffer.concat(this.#written));
  }
}

/** A source that says something, and then nothing more; but it has not ended. */
function silentSource(): Readable {
  const source = new Readable({ read() {} });
  source.push('a beginning');
  return source;
}

/** A destination that takes the first chunk, and does not come to an end with it. */
function busyDestination(): Writable {
  return new Writable({ highWaterMark: 4 * kilobyte, write() {} });
}

/** A destination that takes everything, and is never finished. */
function endlessDestination(): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done(), final() {} });
}

/** Streams between which nothing moves, each time for another reason. */
const standstills = {
  'the source is silent': () => ({
    source: silentSource(),
    destination: new SlowCopy(0).destination,
  }),
  'the destination is busy': () => ({
    source: new SlowCopy(200).source,
    destination: busyDestination(),
  }),
  'the destination comes to no end': () => ({
    source: new SlowCopy(1).source,
    destination: endlessDestination(),
  }),
};

function bytes(length: number): Buffer {
  const numbers = random();
  return Buffer.alloc(length, Array.from({ length: 1021 }, () => numbers.nonce()).join(''));
}

/** A folder of its own, which is gone afterwards with all that is in it. */
async function temporaryFolder() {
  const folder = await mkdtemp(path.join(tmpdir(), 'backpressure-'));
  return {
    file: (name: string) => path.join(folder, name),
    /** Resolves as soon as there is a file. */
    firstFile: async () => {
      while (readdirSync(folder).length === 0) await turns(1);
    },
    /** Looks at once, and again when a file that was opened late would be there. */
    expectNothing: async (when: string, ...but: string[]) => {
      for (let look = 0; look < 3; look += 1) {
        const left = readdirSync(folder).filter((name) => !but.includes(name));
        if (left.length > 0) expect.fail(`${when}, and a file is left behind: ${left.join(', ')}.`);
        await turns(20);
      }
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Notes which functions that block are called by watched work, also long after it was called. */
function watchBlockingCalls() {
  const watched = new AsyncLocalStorage<boolean>();
  const calls: string[] = [];
  return {
    calls,
    during: async (work: () => Promise<unknown>): Promise<void> => {
      const functions = [{ owner: fs, names: blockingFunctions, prefix: '' }];
      const unwrap = wrapFunctions(functions, (name, call) => {
        if (watched.getStore()) calls.push(name);
        return call();
      });
      try {
        await watched.run(true, work);
      } finally {
        unwrap();
      }
    },
  };
}

/** Looks in every turn of the event loop how many bytes of buffers are in use, garbage not counted. */
function watchMemory(limit: number) {
  const inUse = () => process.memoryUsage().arrayBuffers;
  collectGarbage();
  const before = inUse();
  let most = 0;
  const look = () => {
    // Above the limit, only how far above is left to tell, about: to look takes longer than to copy.
    const enough = most > limit ? most * 1.5 : limit;
    if (inUse() - before <= enough) {
      if (most <= limit) most = Math.max(most, inUse() - before);
      return;
    }
    // What was read a moment ago is mostly young garbage, which costs little to collect.
    collectYoungGarbage();
    if (inUse() - before > enough) collectGarbage();
    most = Math.max(most, inUse() - before);
  };
  return {
    get most() {
      return most;
    },
    during: async (work: Promise<unknown>): Promise<void> => {
      // What a blocking call has read is garbage by now, so it counts here.
      most = inUse() - before;
      while ((await settled(work)) === 'pending') look();
      await work;
    },
  };
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

function aWhile(): Promise<void> {
  return sleep(20);
}
