import { execFile } from 'node:child_process';
import type { ExecFileException } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { Readable } from 'node:stream';
import timers from 'node:timers';
import timersPromises from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import { request } from 'undici';
import {
  auditLeaks,
  expect,
  judgeLoop,
  kata,
  random,
  settled,
  test,
  ThreadGate,
  turns,
  until,
  watchAsyncWork,
  wrapFunctions,
} from '#harness';
import type { Job } from './tasks.ts';

const load = kata(() => import('./worker-pool.ts'));
const jobs = new URL('./tasks.ts', import.meta.url);

/** Looks, a millisecond apart at least, within which any thread or process that starts has come to work. */
const patience = { limitMs: 7000, idleMs: 2000 };
/** The same, for what comes at once: while all threads are at rest, it takes nothing but turns of this loop. */
const atOnce = { ...patience, idleMs: 300 };
const mark = random().int(1000, 1_000_000);

test('the server stays responsive during CPU work', async () => {
  const report = await judgeLoop({
    prepare: () => startServer(new URL('./slow-sort.ts', import.meta.url)),
    work: async ({ url }) => {
      const reply = await post(url, listOf(100_000));
      expect([reply.status, reply.text]).toEqual([200, '[1,-2,3]']);
    },
    cleanUp: ({ close }) => close(),
  });

  expect(report).toLeaveTheLoopFree();
});

test('runs as many tasks at once as it has threads, and no more', async () => {
  // Two can start, and four wait: no task of six is one too many.
  using pool = await openPool({ size: 2, maxQueue: 4 });
  using other = await openPool({ size: 1 }, pool.WorkerPool);
  using gate = new ThreadGate();

  const tasks = Promise.all(
    Array.from({ length: 6 }, () => pool.run<number>({ do: 'gate', gate: gate.shared })),
  );
  await reached(() => gate.entered >= 2, tasks, 'two tasks to run at the same time');
  const beside = other.run<number>({ do: 'thread' });
  await finished(beside, 'a task of a second pool, while all threads of the first are busy');
  // One thread more may be about to start: two that are let go could have done all six tasks before it comes.
  await until(() => gate.entered > 2, 'a third task', { limitMs: 100 }).catch(() => {});
  gate.open();
  const six = 'six tasks of a pool, beside which another pool has a free thread';
  const threads = new Set(await finished(tasks, six));

  expect(threads.size, 'Threads that a pool of size 2 used for six tasks at once').toBe(2);
  await finished(pool.close(), 'the first of two pools to close');
  const later = other.run({ do: 'echo', value: 'later' }).catch((error: Error) => error.message);
  const what = 'a task of the second pool, after the first was closed';
  expect(await finished(later, what), `What came of ${what}`).toBe('later');
});

test('uses its threads again', async () => {
  using pool = await openPool({ size: 2 });
  const threads = new Set<number>();

  for (let task = 0; task < 8; task += 1) {
    threads.add(await finished(pool.run<number>({ do: 'thread' }), 'a task'));
  }

  const sentence = 'Threads that a pool of size 2 used for eight tasks, one after another';
  expect(threads.size, sentence).toBeLessThanOrEqual(2);
  for (const value of [0, '', false, null, undefined, { error: 'is part of the answer' }]) {
    const what = `a task that gives ${JSON.stringify(value)}`;
    expect(await finished(pool.run({ do: 'echo', value }), what), `From ${what}`).toEqual(value);
  }
});

test('gives a free thread the next task at once', async () => {
  using polls = watchAsyncWork();
  using noted = noteTimers();
  using pool = await polls.watch(() => openPool({ size: 2 }));
  using gate = new ThreadGate();
  using longer = new ThreadGate();
  await occupy(pool, gate);
  await occupy(pool, longer);

  const counter = new SharedArrayBuffer(4);
  const tasks = polls.watch(() =>
    Array.from({ length: 5 }, () => pool.run({ do: 'count', counter })),
  );
  // A pool may give out its tasks a turn later.
  await turns(2);
  const before = polls.called.length;
  const due = (wanted: string) =>
    polls.called.slice(before).filter((type) => type === wanted).length;
  await turns(10);
  const looks = 'Immediates with which your pool looked for a free thread, in ten turns';
  expect(due('Immediate'), looks).toBe(0);
  gate.open();

  const what = 'five short tasks, while a long one keeps only one of two threads busy';
  const places = await finished(Promise.all(tasks), what);
  const sentence = 'Places of five waiting tasks, after only one of two threads had become free';
  expect(places, sentence).toEqual([0, 1, 2, 3, 4]);
  if (due('Timeout') > 0 && noted.shortest !== Infinity) {
    const late =
      'Waiting tasks waited for a timer of your pool, though a thread was free already. Its milliseconds';
    expect(noted.shortest, late).toBeLessThanOrEqual(50);
  }
});

test('starts waiting tasks in the order in which they came', async () => {
  using pool = await openPool({ size: 1 });
  using gate = new ThreadGate();
  const { task: running } = await occupy(pool, gate);
  const counter = new SharedArrayBuffer(4);

  const count = () => pool.run({ do: 'count', counter });
  const { signal, abort } = abortable();

  const first = count();
  void pool.run({ do: 'echo', value: 'aborted' }, { signal });
  const tasks = Promise.all([first, count(), count(), count()]);
  // Who leaves the queue must not mix up those behind.
  abort();
  // Who comes just when the thread is free again is the last one all the same.
  const late = running.then(count, count);
  gate.open();

  const sentence = 'Places of four waiting tasks, after one in their midst had been aborted';
  expect(await finished(tasks, 'four waiting tasks'), sentence).toEqual([0, 1, 2, 3]);
  const last = 'Place of a task that came when the first result was there, and four tasks waited';
  expect(await finished(late, 'a task that came last'), last).toBe(4);
});

test('rejects with the name and the message of the error of a task', async () => {
  using pool = await openPool({ size: 1 });
  const name = 'PaperJamError';
  const message = random().nonce();

  const thrown = await refusal(pool.run({ do: 'throw', name, message }));
  const rejected = await refusal(pool.run({ do: 'reject', name, message }));
  const silent = await refusal(pool.run({ do: 'throw', name, message: '' }));

  const sentence = 'Names and messages of the errors that came out of the pool';
  const told = [thrown, rejected, silent].map((error) => `${error.name}: ${error.message}`);
  expect(told, sentence).toEqual([`${name}: ${message}`, `${name}: ${message}`, `${name}: `]);
});

test('an uncaught error in a thread rejects its own task only', async () => {
  using threads = watchThreads();
  using pool = await openPool({ size: 2 });
  using gate = new ThreadGate();
  const { task: other } = await occupy(pool, gate);
  const message = random().nonce();

  const failing = pool.run({ do: 'throw-in-timer', message });
  const waiting = pool.run({ do: 'echo', value: 'waiting' });
  expect(wordsOf(await refusal(failing)), 'What the error says').toContain(message);
  expect(await finished(waiting, 'the task that waited meanwhile')).toBe('waiting');

  // Who notes the end twice, at the error and at the exit, believes that there is room for one thread more.
  await occupy(pool, gate);
  const third = pool.run({ do: 'echo', value: 'waiting' });
  await expect(third).toBePending();
  const what = 'a pool of size 2, of which one thread ended, to have only two threads left';
  await until(() => threads.alive() <= 2, what, atOnce);
  gate.open();

  await finished(other, 'the task of the other thread');
});

test('process.exit in a task rejects that task only, whatever the code', async () => {
  using pool = await openPool({ size: 3 });
  using gate = new ThreadGate();
  const { task: other } = await occupy(pool, gate);

  const { signal } = abortable();

  await refusal(pool.run({ do: 'exit', code: 7 }));
  await refusal(pool.run({ do: 'exit', code: 0 }, { signal }));
  expect(signal, 'The signal of a task whose thread ended').toHaveNoListeners('abort');
  gate.open();

  await finished(other, 'the task of the other thread');
});

test('an unhandled rejection in a thread rejects its own task only', async () => {
  using pool = await openPool({ size: 2 });
  using gate = new ThreadGate();
  const { task: other } = await occupy(pool, gate);
  const message = random().nonce();

  const error = await refusal(pool.run({ do: 'reject-unheard', message }));
  gate.open();

  expect(wordsOf(error), 'What the error says').toContain(message);
  await finished(other, 'the task of the other thread');
});

test('a new thread takes the place of one that ended', async () => {
  using threads = watchThreads();
  using pool = await openPool({ size: 1 });
  const value = random().nonce();

  void pool.run({ do: 'exit', code: 0 });
  const waiting = pool.run({ do: 'echo', value });
  expect(await finished(waiting, 'a task that waited while a thread ended')).toBe(value);

  // A thread that has no task can end as well, as by a timer that a task left behind.
  await threads.end(await finished(pool.run<number>({ do: 'thread' }), 'a task'));
  const next = pool.run({ do: 'echo', value });
  expect(await finished(next, 'a task after a thread ended that was free')).toBe(value);
});

test('an abort takes a waiting task out of the queue at once', async () => {
  using pool = await openPool({ size: 1 });
  using gate = new ThreadGate();
  await occupy(pool, gate);
  const counter = new SharedArrayBuffer(4);
  const { signal, abort, reason } = abortable();

  const waiting = pool.run({ do: 'count', counter }, { signal });
  abort();
  await refusal(waiting, { reason }, atOnce);
  gate.open();

  const place = await finished(pool.run({ do: 'count', counter }), 'the next task');
  expect(place, 'Tasks that were started after they had been aborted').toBe(0);
});

test('an aborted task gives up its place in the queue', async () => {
  using pool = await openPool({ size: 1, maxQueue: 1 });
  using gate = new ThreadGate();
  await occupy(pool, gate);
  const { signal, abort, reason } = abortable();
  const value = random().nonce();

  const aborted = pool.run({ do: 'echo', value: 'aborted' }, { signal });
  abort();
  await refusal(aborted, { reason }, atOnce);
  const waiting = pool.run({ do: 'echo', value });
  gate.open();

  expect(await finished(waiting, 'the task that took the free place')).toBe(value);
});

test('an abort stops a running task and frees its place', async () => {
  using pool = await openPool({ size: 1 });
  using gate = new ThreadGate();
  const { signal, abort, reason } = abortable();
  const { task } = await occupy(pool, gate, { signal });
  const value = random().nonce();

  const sameSignal = pool.run({ do: 'echo', value: 'aborted' }, { signal });
  const waiting = pool.run({ do: 'echo', value });
  abort();
  await refusal(task, { reason });
  await refusal(sameSignal, { reason });

  const what = 'a task that waited while the running one was aborted';
  expect(await finished(waiting, what)).toBe(value);
  const next = pool.run({ do: 'echo', value });
  expect(await finished(next, 'a task after one that was aborted while it ran')).toBe(value);
});

test('an abort leaves the tasks of others alone', async () => {
  using pool = await openPool({ size: 1 });
  using gate = new ThreadGate();
  const { task: other } = await occupy(pool, gate);
  const { signal, abort } = abortable();

  void pool.run({ do: 'echo', value: 'aborted' }, { signal });
  abort();
  gate.open();

  await finished(other, 'the running task, while a waiting one was aborted');
});

test('an abort ends the thread of its task, and of no other', async () => {
  using threads = watchThreads();
  using pool = await openPool({ size: 2 });
  using gate = new ThreadGate();
  const { signal, abort } = abortable();
  const { task: other } = await occupy(pool, gate);
  await occupy(pool, gate, { signal });

  abort();
  await until(() => threads.ended() > 0, 'the thread of an aborted task to end', patience);
  gate.open();

  await finished(other, 'a running task, while another running one was aborted');
});

test('refuses a task whose signal is already aborted', async () => {
  using pool = await openPool({ size: 1 });
  const counter = new SharedArrayBuffer(4);
  // A reason may be anything.
  for (const { signal, abort, reason } of [abortable(), abortable(null)]) {
    abort();
    await refusal(pool.run({ do: 'count', counter }, { signal }), { reason });
  }

  const place = await finished(pool.run({ do: 'count', counter }), 'the next task');
  expect(place, 'Tasks that were started though their signal was aborted').toBe(0);
});

test('leaves no listener on the signal', async () => {
  using pool = await openPool({ size: 1 });
  using gate = new ThreadGate();
  const { signal, abort, reason } = abortable(null);

  await finished(pool.run({ do: 'echo', value: 1 }, { signal }), 'a task');
  await refusal(pool.run({ do: 'throw', name: 'Error', message: 'no' }, { signal }));
  expect(signal).toHaveNoListeners('abort');
  const { task } = await occupy(pool, gate, { signal });
  abort();
  await refusal(task, { reason });

  // Some pools hear only the end of the thread.
  const none = () => getEventListeners(signal, 'abort').length === 0;
  await until(none, 'the signal of an aborted task to have no listeners', patience).catch(() => {});
  expect(signal, 'The signal of a task aborted while it ran').toHaveNoListeners('abort');
});

test('leaves no listener on the signal of a task that never ran', async () => {
  using pool = await openPool({ size: 1 });
  using gate = new ThreadGate();
  const { signal, abort, reason } = abortable(null);
  await occupy(pool, gate);

  const waiting = pool.run({ do: 'echo', value: 'aborted' }, { signal });
  abort();
  await refusal(waiting, { reason }, atOnce);

  expect(signal, 'The signal of a task aborted while it waited').toHaveNoListeners('abort');
});

test('refuses an input that cannot be cloned, and loses no thread by it', async () => {
  using pool = await openPool({ size: 1 });
  using gate = new ThreadGate();
  const { signal } = abortable();
  const value = random().nonce();
  const runFunction = () => pool.run({ do: 'echo', value: () => {} }, { signal });

  await refusal(runFunction());
  await occupy(pool, gate);
  const refused = runFunction();
  const next = pool.run({ do: 'echo', value });
  gate.open();

  await refusal(refused);
  expect(await finished(next, 'the task after it')).toBe(value);
  await refusal(runFunction());
  const last = pool.run({ do: 'echo', value });
  expect(await finished(last, 'a task after one that a free thread could not get')).toBe(value);
  expect(signal, 'The signal of inputs that cannot be cloned').toHaveNoListeners('abort');
});

test('moves what is to be transferred, and makes no copy of it', async () => {
  using pool = await openPool({ size: 1 });
  using gate = new ThreadGate();
  const chance = random();

  for (const what of ['a task', 'a task that waited']) {
    const bytes = Uint8Array.from({ length: 100_000 }, () => chance.int(0, 255));
    const kept = bytes.slice();
    if (what !== 'a task') await occupy(pool, gate);

    const job: Job = { do: 'echo', value: [bytes, kept] };
    const task = pool.run<Uint8Array[]>(job, { transfer: [bytes.buffer] });
    if (what !== 'a task') gate.open();
    const [result, second] = await finished(task, what);

    const sentence = `Bytes that the caller still has after ${what}, of 100,000 that`;
    expect(bytes.length, `${sentence} it gave away`).toBe(0);
    expect(kept.length, `${sentence} it did not give away`).toBe(100_000);
    const same = Buffer.compare(result!, kept) === 0 && Buffer.compare(second!, kept) === 0;
    expect(same, `Whether ${what} got the same bytes`).toBe(true);
  }
});

test('rejects with a QueueFullError when no more tasks may wait', async () => {
  using pool = await openPool({ size: 1, maxQueue: 1 });
  const { signal } = abortable();

  // Twice: who has waited gives the place back.
  for (const round of ['first', 'second']) {
    using gate = new ThreadGate();
    // A thread that has still to start counts as well: its task does not wait.
    const running =
      round === 'first'
        ? pool.run({ do: 'gate', gate: gate.shared })
        : (await occupy(pool, gate)).task;

    const waiting = pool.run({ do: 'echo', value: 'waiting' });
    const refused = pool.run({ do: 'echo', value: 'too many' }, { signal });
    await refusal(refused, { name: 'QueueFullError' }, atOnce);
    expect(signal, 'The signal of a task too many').toHaveNoListeners('abort');
    gate.open();

    await finished(running, `the task that ran in the ${round} round`);
    expect(await finished(waiting, `the task that waited in the ${round} round`)).toBe('waiting');
  }
});

test('with maxQueue: 0 runs a task for which a thread is free', async () => {
  using pool = await openPool({ size: 1, maxQueue: 0 });
  await finished(pool.run({ do: 'echo', value: 'first' }), 'a task for a thread to be started');

  const second = pool.run({ do: 'echo', value: 'second' }).catch((error: Error) => error.name);

  const end = await finished(second, 'a task for a thread that is free');
  expect(end, 'What came of a task for which a thread was free').toBe('second');
});

test('without maxQueue any number of tasks may wait', async () => {
  using pool = await openPool({ size: 1 });
  using gate = new ThreadGate();
  await occupy(pool, gate);

  const waiting = Array.from({ length: 1100 }, () => {
    const controller = new AbortController();
    const task = pool.run({ do: 'echo', value: 'waiting' }, { signal: controller.signal });
    return { controller, task };
  });
  // Nobody has to run them all: whether each was accepted can be seen when it is aborted.
  const { reason } = abortable();
  for (const { controller } of waiting) controller.abort(reason);
  gate.open();

  const all = Promise.allSettled(waiting.map(({ task }) => task));
  const ends = await finished(all, '1,100 waiting tasks that were aborted');
  const full = ends.filter(
    (end) => end.status === 'rejected' && end.reason.name === 'QueueFullError',
  );
  expect(full.length, 'Tasks that were refused, of 1,100 that had to wait').toBe(0);
});

test('forgets no task that it accepted before it closes', async () => {
  using pool = await openPool({ size: 1 });
  using gate = new ThreadGate();
  const { task: running } = await occupy(pool, gate);
  const waiting = pool.run({ do: 'echo', value: 'waiting' });
  const ending = pool.run({ do: 'exit', code: 7 });
  const last = pool.run({ do: 'echo', value: 'last' });

  const closing = pool.close();
  // Whether tasks are done or refused then is up to the pool. But none is forgotten.
  const left = leftBy(closing, [running, waiting, ending, last]);
  await turns(5);
  gate.open();

  const all = Promise.allSettled([running, waiting, last]);
  const what =
    'three tasks that ran or waited when the pool was closed; before the last came one that ended the only thread';
  const [, ...ends] = await finished(all, what);
  await refusal(ending);
  for (const [place, value] of ['waiting', 'last'].entries()) {
    const end = ends[place]!;
    if (end.status === 'fulfilled') expect(end.value, 'The result of a task').toBe(value);
  }
  const sentence = 'Tasks that were neither done nor refused when close() had resolved';
  expect(await finished(left, 'the pool to close'), sentence).toBe(0);
  // Whether it resolves although a task failed, the next test asks.
  await finished(Promise.allSettled([closing]), 'the pool to close');
});

test('closes also when a task fails meanwhile', async () => {
  using pool = await openPool({ size: 1 });
  using gate = new ThreadGate();
  await occupy(pool, gate);
  const failing = pool.run({ do: 'throw', name: 'Error', message: 'no' });

  const closing = pool.close();
  gate.open();

  await refusal(failing);
  const ends = Promise.allSettled([closing]);
  const [end] = await finished(ends, 'the pool to close after one of its tasks had failed');
  expect(end.status, 'What close() came to after one of its tasks had failed').toBe('fulfilled');
});

test('may be closed twice', async () => {
  using pool = await openPool({ size: 1 });
  using gate = new ThreadGate();
  const { task } = await occupy(pool, gate);

  const first = pool.close();
  const second = pool.close();
  const left = leftBy(second, [task]);
  await turns(5);
  gate.open();

  await finished(Promise.allSettled([task]), 'the task that ran when the pool was closed twice');
  await finished(second, 'the second call of close()');
  const sentence = 'Tasks that still ran when the second call of close() had resolved';
  expect(await finished(left, 'the second call of close()'), sentence).toBe(0);
  await finished(first, 'the first call of close()');
  await finished(pool.close(), 'a call of close() after the pool was closed');
});

test('ends its threads when it is closed', async () => {
  using audit = auditLeaks();
  using threads = watchThreads();
  using pool = await openPool({ size: 2 });
  using gate = new ThreadGate();
  const { task } = await occupy(pool, gate);
  await finished(pool.run({ do: 'echo', value: 1 }), 'a task');
  gate.open();
  await finished(task, 'the other task');

  const left = pool.close().then(() => threads.alive());

  const sentence = 'Threads that had not ended yet when close() resolved';
  expect(await finished(left, 'the pool to close'), sentence).toBe(0);
  expect(await audit.check(), 'What is still open').toEqual([]);
});

test('refuses tasks once it is closed', async () => {
  using pool = await openPool({ size: 1 });
  await finished(pool.run({ do: 'echo', value: 1 }), 'a task');

  await finished(pool.close(), 'the pool to close');
  await refusal(pool.run({ do: 'echo', value: 2 }));

  using unused = await openPool({ size: 1 });
  await finished(unused.close(), 'a pool to close that never had a task');
  await refusal(unused.run({ do: 'echo', value: 3 }));
});

test('refuses tasks while it closes', async () => {
  using pool = await openPool({ size: 1 });
  using gate = new ThreadGate();
  const { signal, abort } = abortable();
  await occupy(pool, gate);
  const waiting = pool.run({ do: 'echo', value: 'aborted' }, { signal });
  const closing = pool.close();

  const late = pool.run({ do: 'echo', value: 'late' });
  abort();
  gate.open();

  await refusal(late);
  // How they end, other tests ask.
  const ends = Promise.allSettled([waiting, closing]);
  await finished(ends, 'the pool to close, after a task that waited had been aborted');
});

test('keeps the process alive until its tasks are done', async () => {
  const value = random().nonce();
  const program = runProgram('two-tasks.ts', submission(), value);

  const what = 'a program that awaits one task, then another, and prints what the first gave';
  const output = await finished(program, what);

  const sentence = `What ${what.replace('that', 'printed that')}`;
  expect(output, sentence).toBe(`${value}\n`);
});

test('POST /process sorts a list of any length by the square', async () => {
  await using server = await startServer(new URL('./sort-by-square.ts', import.meta.url));

  const chance = random();

  const lists = [0, 3, 500, 20_000].map((length) =>
    Array.from({ length }, () => chance.int(-500, 500)),
  );
  const posts = lists.map(async (numbers) => ({
    numbers,
    length: numbers.length,
    reply: await post(server.url, JSON.stringify(numbers)),
  }));
  for (const { numbers, length, reply } of await Promise.all(posts)) {
    expect(reply.status, `Status for ${length} numbers`).toBe(200);
    expect(reply.type).toMatch(/^application\/json\b/);
    expect(JSON.parse(reply.text)).toEqual(numbers.toSorted((a, b) => a * a - b * b));
  }

  await finished(server.closeApp(), 'the server to close');
  const next = server.run([3, -2, 1]).catch((error: Error) => error.message);
  const what = 'a task of the pool after the server was closed, and the pool was not';
  expect(await finished(next, what), `What came of ${what}`).toEqual([1, -2, 3]);
});

test('POST /process answers 503 when no more tasks may wait', async () => {
  using pool = await openPool({ size: 1, maxQueue: 0 });
  using gate = new ThreadGate();
  await occupy(pool, gate);
  await using app = pool.buildApp();

  const { statusCode } = await finished(inject(app, listOf(100_000)), 'an answer', atOnce);

  expect(statusCode).toBe(503);
});

test('POST /process answers 500 when the task fails', async () => {
  const { buildApp } = await load();
  const run = () => Promise.reject(new Error('The thread ended with exit code 7.'));
  await using app = buildApp({ pool: { run } });

  const { statusCode } = await inject(app, listOf(100_000));

  expect(statusCode).toBe(500);
});

test('POST /process parses no body of several megabytes by itself', async () => {
  using parsed = watchParsing();
  const sentence = 'Characters that JSON.parse read at once on the thread of the event loop';
  const body = Buffer.alloc(12_000_001, ',1,2,3,4,5,6,7,8,9,0');
  body.write('[');
  body.write(']', body.length - 1);
  const report = await judgeLoop({
    prepare: async () => (await load()).buildApp({ pool: { run: answering } }),
    work: async (app) => {
      const reply = await inject(app, body);
      // Here as well: who parses is not judged three times more.
      expect(parsed.longest, sentence).toBeLessThan(10_000);
      expect([reply.statusCode, reply.body]).toEqual([200, `[${mark}]`]);
    },
    cleanUp: (app) => app.close(),
  });

  expect(parsed.longest, sentence).toBeLessThan(10_000);
  expect(report).toLeaveTheLoopFree();
});

test('POST /process sorts a small body, and gives a large one to the pool', async () => {
  const { buildApp } = await load();
  const tasks: unknown[] = [];
  const run = async <T>(input: unknown): Promise<T> => {
    tasks.push(input);
    return answering(input);
  };
  await using app = buildApp({ pool: { run } });

  // Where small ends is up to you, and whether the pool gets small ones as well.
  const small = await inject(app, listOf(100));
  const direct = tasks.length === 0;
  expect(small.json(), 'The answer to a body of 100 bytes').toEqual(direct ? [1, -2, 3] : [mark]);
  for (const [what, body] of [
    ['', listOf(100_000)],
    [' in chunks, of which no header tells the length', Readable.from([listOf(100_000)])],
  ] as const) {
    tasks.length = 0;
    const large = await inject(app, body);
    const sentence = `Tasks that the pool got for a body of 100,000 bytes${what}`;
    expect(tasks.length, sentence).toBe(1);
    expect(large.json(), 'The answer to a body that the pool got').toEqual([mark]);
  }
});

type Options = NonNullable<Parameters<Pool['run']>[1]>;
type PoolClass = Awaited<ReturnType<typeof load>>['WorkerPool'];
type Pool = InstanceType<PoolClass>;
type App = ReturnType<Awaited<ReturnType<typeof load>>['buildApp']>;

/**
 * A pool of the learner's, for the jobs in tasks.ts.
 *
 * A test that ends early awaits nothing any more: what it started may then fail unheard.
 *
 * @param given the class of a pool beside which this one is opened: each call of `load` gives another one.
 */
async function openPool(options: { size: number; maxQueue?: number }, given?: PoolClass) {
  const { buildApp, ...loaded } = await load();
  const WorkerPool = given ?? loaded.WorkerPool;
  const threads = watchThreads();
  const pool = new WorkerPool(jobs, options);
  return {
    WorkerPool,
    buildApp: () => buildApp({ pool }),
    // What `run` throws at once is a refusal too.
    run: <T = unknown>(job: Job, options?: Options): Promise<T> =>
      heard(Promise.try(() => pool.run<T>(job, options))),
    close: () => heard(Promise.try(() => pool.close())),
    [Symbol.dispose]: () => {
      threads[Symbol.dispose]();
      // Threads that a pool leaves behind would pile up from test to test.
      void heard(Promise.try(() => pool.close()).finally(() => threads.endAll()));
    },
  };
}

function heard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

type Opened = Awaited<ReturnType<typeof openPool>>;

/** How many of `tasks` are neither done nor refused when the pool has closed. Whether it closes at all, others ask. */
async function leftBy(closing: Promise<unknown>, tasks: Promise<unknown>[]): Promise<number> {
  const [end] = await Promise.allSettled([closing]);
  if (end.status === 'rejected') return 0;
  // What came with the end of a thread needs a moment to be told.
  await turns(2);
  const states = await Promise.all(tasks.map(settled));
  return states.filter((state) => state === 'pending').length;
}

/** Gives a thread of the pool a task that lasts until the gate opens, and returns when it runs. */
async function occupy(pool: Opened, gate: ThreadGate, options: Options = {}) {
  const before = gate.entered;
  const task = pool.run({ do: 'gate', gate: gate.shared }, options);
  await reached(() => gate.entered > before, task, 'a thread to start a task');
  // In an object, since an async function would wait for a promise that it returns.
  return { task };
}

/** Waits until `condition` holds. If `work` ends before, it failed, or the condition will never hold. */
async function reached(condition: () => boolean, work: Promise<unknown>, what: string) {
  let ended = false;
  const end = () => {
    ended = true;
  };
  work.then(end, end);
  await until(() => condition() || ended, what, patience);
  if (!condition()) await work;
}

/** The value of `work`; rejects as it does. A task whose thread is gone would be awaited for ever. */
async function finished<T>(work: Promise<T>, what: string, limits = patience): Promise<T> {
  let settled = false;
  const settle = () => {
    settled = true;
  };
  work.then(settle, settle);
  await until(() => settled, what, limits);
  return work;
}

/** The error with which `task` rejects. */
async function refusal(
  task: Promise<unknown>,
  expected: object = {},
  limits = patience,
): Promise<Error> {
  const why = 'reason' in expected ? `, with ${String(expected.reason)} as the reason` : '';
  const error = await finished(
    task.then(
      (value) =>
        expect.fail(`The task succeeded with ${String(value)}; it should have been refused${why}.`),
      (error: unknown) => error,
    ),
    'a task to be refused',
    limits,
  );
  if (Object.keys(expected).length > 0) await expect(Promise.reject(error)).toRejectWith(expected);
  // The reason of a signal need not be an error.
  if ('reason' in expected) return error as Error;
  expect(error, 'What the task rejected with').toBeInstanceOf(Error);
  return error as Error;
}

/** The message of an error, and those of its causes. */
function wordsOf(error: unknown): string {
  return error instanceof Error ? `${error.message} ${wordsOf(error.cause)}` : '';
}

function abortable(reason: unknown = new Error(`nobody needs it any more (${random().nonce()})`)) {
  const controller = new AbortController();
  return { signal: controller.signal, reason, abort: () => controller.abort(reason) };
}

/** Notes the timers that are set from now on. The harness sets its own in another way. */
function noteTimers() {
  let shortest = Infinity;
  const names = ['setTimeout', 'setInterval'];
  const withCallback = [globalThis, timers].map((owner) => ({ owner, names, prefix: '' }));
  const withPromise = [
    { owner: timersPromises, names, prefix: '' },
    { owner: timersPromises.scheduler, names: ['wait'], prefix: '' },
  ];
  const noteAt =
    (index: number) => (_name: string, call: () => unknown, words: readonly unknown[]) => {
      shortest = Math.min(shortest, Number(words[index] ?? 0));
      return call();
    };
  const restores = [wrapFunctions(withCallback, noteAt(1)), wrapFunctions(withPromise, noteAt(0))];
  return {
    /** Milliseconds of the shortest; Infinity where none was set in one of these ways. */
    get shortest() {
      return shortest;
    },
    [Symbol.dispose]: () => {
      for (const restore of restores) restore();
    },
  };
}

/** Notes the threads that start from now on. */
function watchThreads() {
  const threads: { id: number; thread: Worker }[] = [];
  const note = (thread: Worker) => void threads.push({ id: thread.threadId, thread });
  process.on('worker', note);
  // Asks each thread: the pool may take all listeners off it.
  const ended = () => threads.filter(({ thread }) => thread.threadId === -1).length;
  return {
    ended,
    alive: () => threads.length - ended(),
    /** Ends the thread with this number. */
    end: async (number: number) => {
      for (const { id, thread } of threads) if (id === number) await thread.terminate();
    },
    endAll: () => {
      for (const { thread } of threads) void thread.terminate();
    },
    [Symbol.dispose]: () => void process.off('worker', note),
  };
}

/** The learner's server on a real socket, with a pool for `script`, warmed up by a request that it does not know. */
async function startServer(script: URL) {
  const { WorkerPool, buildApp } = await load();
  const pool = new WorkerPool(script, { size: 1 });
  const app = buildApp({ pool });
  const origin = await app.listen({ host: '127.0.0.1', port: 0 });
  await post(`${origin}/`, '[]');
  const close = async () => {
    await app.close();
    await pool.close();
  };
  return {
    url: `${origin}/process`,
    run: (input: unknown) => pool.run(input),
    closeApp: () => app.close(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function post(url: string, body: string) {
  const headers = { 'content-type': 'application/json', connection: 'close' };
  const reply = await request(url, { method: 'POST', headers, body });
  const text = await reply.body.text();
  return { status: reply.statusCode, type: reply.headers['content-type'], text };
}

function inject(app: App, payload: string | Buffer | Readable) {
  const chunked = payload instanceof Readable ? { 'transfer-encoding': 'chunked' } : {};
  const headers = { 'content-type': 'application/json', ...chunked };
  return app.inject({ method: 'POST', url: '/process', headers, payload });
}

/** A pool that answers at once, with a number that nobody can guess, in the form in which it was asked. */
async function answering<T>(input: unknown): Promise<T> {
  const text = `[${mark}]`;
  const answer = Array.isArray(input)
    ? [mark]
    : typeof input === 'string'
      ? text
      : Buffer.from(text);
  return answer as T;
}

/** The JSON text of a list, of `bytes` bytes. */
function listOf(bytes: number): string {
  return '[3,-2,1]'.padEnd(bytes);
}

/** Notes how long the texts are that are parsed in this thread. */
function watchParsing() {
  let longest = 0;
  const restore = wrapFunctions(
    [{ owner: JSON, names: ['parse'], prefix: 'JSON.' }],
    (_name, call, [text]) => {
      longest = Math.max(longest, String(text).length);
      return call();
    },
  );
  return {
    get longest() {
      return longest;
    },
    [Symbol.dispose]: restore,
  };
}

/** Where the submission lies, for another process to import it: only imports of this one are sent there. */
function submission(): string {
  return import.meta.resolve('./worker-pool.ts').replace(/\?.*$/, '');
}

/** Runs a program of this kata in another process, and gives what it printed, however it ended. */
function runProgram(name: string, ...words: string[]): Promise<string> {
  return new Promise((resolve) => {
    const args = [fileURLToPath(new URL(name, import.meta.url)), ...words];
    execFile(process.execPath, args, (_error: ExecFileException | null, stdout) => resolve(stdout));
  });
}
