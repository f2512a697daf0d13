import childProcess from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import diagnostics from 'node:diagnostics_channel';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import {
  expect,
  kata,
  random,
  settled,
  startProcessGate,
  startProgram,
  test,
  turns,
  until,
  wrapFunctions,
} from '#harness';
import type { ProcessGate, UntilOptions } from '#harness';
import type { Job } from './tasks.ts';

const load = kata(() => import('./process-pool.ts'));
const jobs = new URL('./tasks.ts', import.meta.url);

/** Looks, a millisecond apart at least, within which any process that starts has come to work. */
const patience = { limitMs: 7000, idleMs: 2000 };
/** The same for what needs no process to start. */
const soon = { limitMs: 1500 };
/** The same for the end of a process that is asked first, and killed when it does not go. */
const grace = { limitMs: 7000 };
/** The same where nobody gives a process time to end: what is idle then has nothing more to come. */
const atOnce = { ...soon, idleMs: 500 };

test('a killed process fails its own task only, and the next one works', async () => {
  await using pool = await openPool({ size: 2 });
  await using gate = await startProcessGate();
  const { task: other } = await occupy(pool, gate);
  const { task: killed, pid } = await occupy(pool, gate);
  const waiting = pool.run<number>({ do: 'process' });

  kill(pid);
  const error = await endOf(killed, pid);

  expect(wordsOf(error), 'What the error says, where SIGKILL ended the process').toContain(
    'SIGKILL',
  );
  refuseOwn(await finishedBeside(other, waiting, 'a task that waited while a process was killed'));
  gate.open();
  await finished(other, 'the task of the other process', soon);

  // Both processes are free now. One of them ends in its next task, and the other one has to be there for the one after.
  await using lastGate = await startProcessGate();
  await refusal(pool.run({ do: 'exit', port: gate.port, code: 1 }));
  const { task: last } = await occupy(pool, lastGate);
  const beside = pool.run<number>({ do: 'process' });
  await finishedBeside(last, beside, 'a task for the second of two processes, after one had ended');
});

test('process.exit in a task rejects that task, whatever the code', async () => {
  await using pool = await openPool({ size: 1 });
  await using gate = await startProcessGate();
  gate.open();

  for (const code of [random().int(20, 120), 0]) {
    const { task, pid } = await occupy(pool, gate, { do: 'exit', port: gate.port, code });
    await endOf(task, pid);
  }
});

test('a task that fills its memory ends only its own process', async () => {
  using _ = limitHeaps();
  await using pool = await openPool({ size: 1 });
  await using gate = await startProcessGate();
  gate.open();
  const value = random().nonce();

  const { task, pid } = await occupy(pool, gate, { do: 'fill-memory', port: gate.port });
  refuseOwn(pid);
  const end = await finished(
    task.catch(() => endOf(task, pid)),
    'a task that fills its memory',
  );
  // A pool may give its processes more memory than that.
  if (end instanceof Error) {
    const how = pool.howEnded(pid);
    const sentence = `What the error says, where a full memory ended the process (${how})`;
    // That of an exit code is of the pool's choice.
    if (how.startsWith('SIG')) expect(wordsOf(end), sentence).toContain(how);
  } else {
    expect(end, 'The result of a task that found enough memory').toBe('200 MB of memory');
  }

  const next = pool.run({ do: 'echo', value });
  expect(await finished(next, 'the next task')).toBe(value);
});

test('what a task prints does not disturb its result', async () => {
  await load();
  await using gate = await startProcessGate();
  gate.open();
  const value = random().nonce();

  await using program = runOneTask({ do: 'print', port: gate.port, value });
  await program.reached(() => gate.entered > 0, 'the start of a task', patience);
  const what = 'the result of a task that printed two million characters';
  await program.reached(() => program.messages.length > 0, what, atOnce);

  const sentence = 'The result of a task that printed two million characters';
  expect(program.messages, sentence).toEqual([{ value }]);
});

test('a message that a task sends itself is not its result', async () => {
  await using pool = await openPool({ size: 1 });
  await using gate = await startProcessGate();
  const values = Array.from({ length: 3 }, () => random().nonce());
  const send = (value: unknown): Job => ({ do: 'send', port: gate.port, value });

  const { task: first } = await occupy(pool, gate, send(values[0]));
  // Its messages were sent before it came to the gate. They are heard in one of the next turns.
  await turns(5);
  const waiting = pool.run({ do: 'at-once' });
  gate.open();
  const results = [await finished(first, 'a task that sent "ready" before it had a result')];
  const atOnce = await finished(waiting, 'the task that waited for it');
  const second = 'a second task that sends messages';
  results.push(await finished(pool.run(send(values[1])), second));
  // Both send another message after their end, and come to the gate once more. No task runs when the last one is heard.
  await until(() => gate.entered === 4, 'a message that a task sends after its end', patience);
  await turns(5);
  results.push(await finished(pool.run({ do: 'echo', value: values[2] }), 'the task after it'));

  const sentence = 'Results of two tasks that called process.send, and of the next one';
  expect(results, sentence).toEqual(values);
  const most = 'Tasks that the process had at once; the first one had sent "ready" while it ran';
  expect(atOnce, most).toBe(1);
});

test('each task gets its own result, in whatever order they end', async () => {
  await using pool = await openPool({ size: 2 });
  await using firstGate = await startProcessGate();
  await using secondGate = await startProcessGate();
  const value = random().nonce();

  const [{ task: first, pid: firstPid }, { task: second, pid: secondPid }] = await Promise.all([
    occupy(pool, firstGate),
    occupy(pool, secondGate),
  ]);
  firstGate.open();
  await finished(first, 'the first of two tasks', atOnce);
  const third = pool.run({ do: 'echo', value });
  await finished(Promise.race([second, third]), 'a third task beside the second');
  secondGate.open();

  const results = await finished(Promise.all([first, second, third]), 'all three tasks', soon);
  const sentence = 'Results of three tasks; the second ended last';
  expect(results, sentence).toEqual([firstPid, secondPid, value]);
});

test('inputs and results keep their types', async () => {
  await using pool = await openPool({ size: 1 });
  const chance = random();
  const value = new Map<string, unknown>([
    ['date', new Date(chance.int(0, 2_000_000_000_000))],
    ['bytes', Uint8Array.from({ length: 1000 }, () => chance.int(0, 255))],
    ['set', new Set([chance.nonce(), undefined, Number.NaN])],
  ]);
  const plain = { text: `Zoë ${chance.nonce()}`, list: [0.5, null, [true, { deep: '' }]] };

  const result = await finished(pool.run({ do: 'echo', value: plain }), 'a task');
  const richer = await finished(pool.run({ do: 'echo', value }), 'a task');

  const what = 'What went to a task and came back';
  expect(result, what).toStrictEqual(plain);
  expect(copiesOf(value), `${what}, or what JSON makes of it`).toContainEqual(richer);
  for (const falsy of [0, '', false, null, undefined]) {
    const text = falsy === '' ? 'an empty text' : String(falsy);
    const task = pool.run({ do: 'echo', value: falsy }).catch((error: unknown) => {
      expect.fail(`A task gave ${text}. That is a result too, but run rejected: ${String(error)}`);
    });
    const what = `a task that gives ${text}`;
    expect(await finished(task, what), `The result of ${what}`).toBe(falsy);
  }
  const error = new RangeError(chance.nonce());
  for (const misleading of [error, { id: 1, type: 'error', error, value: 0, result: 0 }]) {
    const text = misleading === error ? 'an error' : 'an object that has a property "error"';
    const task = pool.run({ do: 'echo', value: misleading }).catch((cause: unknown) => {
      expect.fail(`A task gave ${text} and did not throw it, but run rejected: ${String(cause)}`);
    });
    const what = `a task that gives ${text}`;
    expect(copiesOf(misleading), `The result of ${what}, or what JSON makes of it`).toContainEqual(
      await finished(task, what),
    );
  }
  const long = chance.nonce().padEnd(1_000_000, '-');
  const same = (await finished(pool.run({ do: 'echo', value: long }), 'a task')) === long;
  expect(same, 'Whether a text of a million characters came back as it went').toBe(true);
});

test('rejects with the name and the message of the error of a task', async () => {
  await using pool = await openPool({ size: 1 });
  const name = 'PaperJamError';
  const message = random().nonce();

  const thrown = await refusal(pool.run({ do: 'throw', name, message }));
  const rejected = await refusal(pool.run({ do: 'reject', name, message }));
  const wordless = await refusal(pool.run({ do: 'throw', name, message: '' }));

  const sentence = 'Names and messages of the errors that came out of the pool';
  const told = [thrown, rejected, wordless].map((error) => [error.name, error.message]);
  expect(told, sentence).toEqual([
    [name, message],
    [name, message],
    [name, ''],
  ]);
});

test('has as many processes as its size says, and uses them again', async () => {
  await using pool = await openPool({ size: 2 });
  await using gate = await startProcessGate();

  const tasks = Promise.all(
    Array.from({ length: 6 }, () => pool.run<number>({ do: 'gate', port: gate.port })),
  );
  await reached(() => gate.entered >= 2, tasks, 'two tasks at the same time');
  gate.open();
  const pids = new Set(await finished(tasks, 'six tasks'));

  expect(pids.size, 'Processes that a pool of size 2 used for six tasks at once').toBe(2);
  const sentence = 'Tasks that a process had at once, of six for two processes';
  expect(await finished(pool.run({ do: 'at-once' }), 'one more task'), sentence).toBe(1);
  const started = 'Processes that a pool of size 2 started, though none had ended';
  expect(pool.started(), started).toBeLessThanOrEqual(2);

  // Of two idle processes, the one that has been idle for longer ends.
  const pid = await finished(pool.run<number>({ do: 'process' }), 'one more task');
  for (const other of pids) if (other !== pid) await killIdle(other);
  await finished(
    pool.run({ do: 'echo', value: 1 }),
    'a task after one of two idle processes ended',
  );
});

test('a process that ends between two tasks is replaced', async () => {
  await using pool = await openPool({ size: 1 });
  // How it is copied is up to the pool, but the process that takes the place of the first one does as that did.
  const value = new Set([random().nonce()]);
  const pid = await finished(pool.run<number>({ do: 'process' }), 'a task');
  const before = await finished(pool.run({ do: 'echo', value }), 'a second task');

  await killIdle(pid);

  const next = pool.run({ do: 'echo', value });
  const what = 'a task after the only process was killed';
  const sentence = `The result of ${what}, as it was before`;
  expect(await finished(next, what), sentence).toStrictEqual(before);
});

test('an abort ends the process of its running task, and no other', async () => {
  await using pool = await openPool({ size: 2 });
  await using gate = await startProcessGate();
  const { signal, abort, reason } = abortable();
  const value = random().nonce();
  const { task: other } = await occupy(pool, gate);
  const unmoved = { do: 'gate-unmoved', port: gate.port } as const;
  const { task, pid } = await occupy(pool, gate, unmoved, { signal });
  const waiting = pool.run({ do: 'echo', value });
  const ends: string[] = [];
  pool.onEnd(pid, () => ends.push('its process'));
  task.catch(() => ends.push('the task'));

  abort();
  await refusal(task, { reason }, soon);
  const what = 'the end of a process whose task was aborted, and which ignores SIGTERM';
  // It may be asked first, and given time to go.
  await until(() => !isThere(pid), what, grace);
  expect(ends[0], 'What ended first after an abort; run has to reject at once').toBe('the task');

  const waited = 'a task that waited while another one was aborted';
  expect(await finishedBeside(other, waiting, waited)).toBe(value);
  const next = pool.run({ do: 'echo', value });
  const after = 'a task after one that was aborted while it ran';
  expect(await finishedBeside(other, next, after)).toBe(value);
  gate.open();
  await finished(other, 'the task of the other process', soon);
});

test('waiting tasks start in order, and an aborted one never starts', async () => {
  await using pool = await openPool({ size: 1 });
  await using gate = await startProcessGate();
  await using unwanted = await startProcessGate();
  unwanted.open();
  const { signal, abort, reason } = abortable();
  const late = abortable(null);
  const early = { signal: late.signal };
  await finished(pool.run({ do: 'count' }, early), 'the first task');
  const { task: running } = await occupy(pool, gate);

  const unwantedJob = { do: 'gate', port: unwanted.port } as const;
  const second = pool.run({ do: 'count' });
  const aborted = [pool.run(unwantedJob, { signal }), pool.run(unwantedJob, { signal })];
  const third = pool.run({ do: 'count' });
  abort();
  for (const task of aborted) await refusal(task, { reason }, soon);
  // The task of this signal has ended, and its process has another one by now.
  late.abort();
  await refusal(pool.run(unwantedJob, early), { reason: late.reason }, soon);
  const fourth = pool.run({ do: 'count' });
  gate.open();

  const unharmed = running.catch((error: unknown) => {
    expect.fail(
      `A task failed when the signal of an earlier one, which had ended, was aborted: ${String(error)}`,
    );
  });
  await finished(unharmed, 'a task while the signal of an earlier one was aborted', soon);
  const places = await finished(Promise.all([second, third, fourth]), 'three tasks', soon);
  expect(places, 'Places of three tasks that waited in this order').toEqual([2, 3, 4]);
  expect(unwanted.entered, 'Tasks that were started after they had been aborted').toBe(0);
});

test('refuses what cannot be copied, and loses no process by it', async () => {
  await using pool = await openPool({ size: 1 });
  const first = pool.run({ do: 'process' });
  const refused = pool.run({ do: 'echo', value: unreadable() });
  const second = pool.run({ do: 'process' });
  const before = await finished(first, 'a task');

  await refusal(refused, {}, soon);
  const behind = 'a task that waited behind one whose input cannot be copied';
  expect(await finished(second, behind, atOnce), `The process of ${behind}`).toBe(before);
  await refusal(pool.run({ do: 'echo', value: unreadable() }), {}, soon);
  await refusal(pool.run({ do: 'unreadable' }), {}, soon);

  const after = await finished(pool.run({ do: 'process' }), 'the next task', atOnce);
  expect(after, 'The process after an input and a result that cannot be copied').toBe(before);
});

test('forgets nothing that it accepted before it closes, and accepts no more', async () => {
  await using pool = await openPool({ size: 1 });
  await using gate = await startProcessGate();
  const { task: running } = await occupy(pool, gate);
  const value = random().nonce();
  const waiting = pool.run({ do: 'echo', value });
  const failing = pool.run({ do: 'throw', name: 'Error', message: 'no' });
  const ending = pool.run({ do: 'exit', port: gate.port, code: 1 });
  const last = pool.run({ do: 'echo', value });

  const closing = pool.close();
  const closingAgain = pool.close();
  // Whether tasks are done or refused then is up to the pool. But none is forgotten.
  const accepted = [running, waiting, failing, ending, last];
  const left = [closing, closingAgain].map((closed) => leftBy(closed, accepted));
  await refusal(pool.run({ do: 'echo', value: 'late' }), {}, soon);
  await turns(5);
  gate.open();

  const all = Promise.allSettled([running, waiting, last]);
  const what =
    'three tasks that ran or waited when the pool was closed; before the last came one that ended the only process';
  const [, ...ends] = await finished(all, what, grace);
  await refusal(failing, {}, soon);
  await refusal(ending);
  for (const end of ends) {
    if (end.status === 'fulfilled') expect(end.value, 'The result of a task').toBe(value);
  }
  const sentence =
    'Tasks that were neither done nor refused when pool.close() had resolved, and when a second pool.close() had';
  expect(await finished(Promise.all(left), 'pool.close()', grace), sentence).toEqual([0, 0]);
  await finished(Promise.all([closing, closingAgain]), 'pool.close()', soon);
  await finished(pool.close(), 'pool.close() for a pool that is closed', soon);
});

test('no process is left when close has resolved', async () => {
  await using pool = await openPool({ size: 2 });
  await using gate = await startProcessGate();
  const { task, pid } = await occupy(pool, gate);
  const leavesTimer = pool.run<number>({ do: 'leave-a-timer' });
  const pids = [pid, await finishedBeside(task, leavesTimer, 'a task that leaves a timer')];

  // The only task of another pool is aborted at once: its process may have been started, and has to end as well.
  await using brief = await openPool({ size: 1 }, pool.ProcessPool);
  const { signal, abort, reason } = abortable(null);
  const aborted = brief.run({ do: 'process' }, { signal });
  abort();
  const leftOfBrief = brief.close().then(() => brief.left());
  await refusal(aborted, { reason }, soon);
  const first =
    'Processes that were still there when close had resolved, of a pool whose only task was aborted';
  expect(await finished(leftOfBrief, 'pool.close()', grace), first).toEqual([]);

  gate.open();
  await finished(task, 'a task, while another pool was closed', soon);
  // Looked at in the same turn: a process that has only been sent a signal is still there then.
  const left = pool.close().then(() => [...new Set([...pids.filter(isThere), ...pool.left()])]);

  const sentence = 'Processes that were still there when close had resolved';
  expect(await finished(left, 'pool.close()', grace), sentence).toEqual([]);
});

test('a program that runs a task and closes its pool ends by itself', async () => {
  await load();
  const value = random().nonce();

  await using program = runOneTask({ do: 'echo', value });
  const what = 'the result of a program that waits for nothing but one task';
  await program.reached(() => program.messages.length > 0, what, patience);
  const exit = await program.ended('the end of a program that has closed its pool', soon);

  expect(program.messages, 'The result of a program that runs one task').toEqual([{ value }]);
  expect(exit).toEqual({ code: 0, signal: null });
});

type PoolClass = Awaited<ReturnType<typeof load>>['ProcessPool'];
type Pool = InstanceType<PoolClass>;
type Options = NonNullable<Parameters<Pool['run']>[1]>;
type Opened = Awaited<ReturnType<typeof openPool>>;

/**
 * A pool of the learner's, for the jobs in tasks.ts.
 *
 * At the end it is closed, and what processes are left are killed, so that a wrong answer leaves none behind either.
 *
 * @param given the class of a pool beside which this one is opened: each call of `load` gives another one.
 */
async function openPool(options: { size: number }, given?: PoolClass) {
  const ProcessPool = given ?? (await load()).ProcessPool;
  const ends = new DisposableStack();
  ends.use(refuseSyncCalls());
  const children = ends.use(watchChildren());
  const pool = new ProcessPool(jobs, options);
  const close = () =>
    heard(
      Promise.try(() => pool.close()).catch((error: unknown) => {
        expect.fail(
          `pool.close() rejected with: ${String(error)}. That is for run to tell, not for close.`,
        );
      }),
    );
  return {
    ProcessPool,
    // What it throws at once is a refusal too.
    run: <T = unknown>(job: Job, options?: Options): Promise<T> =>
      heard(Promise.try(() => pool.run<T>({ ...job, caller: process.pid }, options))),
    close,
    ...children.ask,
    [Symbol.asyncDispose]: async () => {
      using _ = ends;
      await finished(close(), 'pool.close()', { limitMs: 200 }).catch(() => {});
      await children.end();
    },
  };
}

/** A test that ends early awaits nothing any more: what it started may then fail unheard. */
function heard<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** Gives a process of the pool a task that goes through `gate`, and returns when it is there. */
async function occupy(
  pool: Opened,
  gate: ProcessGate,
  job: Job = { do: 'gate', port: gate.port },
  options: Options = {},
) {
  const before = gate.entered;
  const task = pool.run(job, options);
  await reached(() => gate.entered > before, task, 'the start of a task');
  // In an object, since an async function would wait for a promise that it returns.
  return { task, pid: gate.pids[before]! };
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

/** The value of `work`; rejects as it does. A task whose process is gone would be awaited for ever. */
async function finished<T>(
  work: Promise<T>,
  what: string,
  limit: UntilOptions = patience,
): Promise<T> {
  let settled = false;
  const settle = () => {
    settled = true;
  };
  work.then(settle, settle);
  await until(() => settled, `the end of ${what}`, limit);
  return work;
}

/** The value of `work`, which ends while `longer` still runs. */
async function finishedBeside<T>(longer: Promise<unknown>, work: Promise<T>, what: string) {
  const ended = Promise.race([longer.then(() => 'longer'), work.then(() => 'work')]);
  if ((await finished(ended, what)) === 'longer') {
    expect.fail(`A task got a result while it still ran. It was the result of ${what}.`);
  }
  return work;
}

/** The error with which `task` rejects. */
async function refusal(
  task: Promise<unknown>,
  expected: object = {},
  limit: UntilOptions = patience,
  because = 'It should have been refused',
): Promise<Error> {
  const error = await finished(
    task.then(
      (value) => expect.fail(`The task succeeded with ${String(value)}. ${because}.`),
      (error: unknown) => error,
    ),
    'a task that should be refused',
    limit,
  );
  if (Object.keys(expected).length > 0) await expect(Promise.reject(error)).toRejectWith(expected);
  // A reason need not be one.
  if ('reason' in expected) return error as Error;
  expect(error, 'What the task rejected with').toBeInstanceOf(Error);
  return error as Error;
}

/** The error with which `task` rejects, once its process has ended. */
async function endOf(task: Promise<unknown>, pid: number, because?: string): Promise<Error> {
  refuseOwn(pid);
  await reached(
    () => !isThere(pid),
    task.catch(() => {}),
    'the end of a process',
  );
  return refusal(task, {}, atOnce, because);
}

/** What an error says: its message, its own properties, and the same of its cause. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return inspect(error);
  const { message, cause } = error;
  const properties = inspect(Object.entries(error));
  return [message, properties, cause === undefined ? '' : wordsOf(cause)].join(' ');
}

/** What may arrive where `value` was sent: it, or what JSON makes of it. */
function copiesOf(value: object): unknown[] {
  return [value, JSON.parse(JSON.stringify(value))];
}

/** How many of `tasks` are neither done nor refused when the pool has closed. */
async function leftBy(closing: Promise<unknown>, tasks: Promise<unknown>[]): Promise<number> {
  await closing;
  // What came with the end of a process needs a moment to be told.
  await turns(2);
  const states = await Promise.all(tasks.map(settled));
  return states.filter((state) => state === 'pending').length;
}

function kill(pid: number): void {
  refuseOwn(pid);
  if (isThere(pid)) process.kill(pid, 'SIGKILL');
}

/** Kills a process that has no task, and lets the pool hear of it. */
async function killIdle(pid: number): Promise<void> {
  kill(pid);
  await until(() => !isThere(pid), 'the end of the killed process', soon);
  // Its channel is closed by now; that is told in one of the next turns.
  await turns(5);
}

function refuseOwn(pid: number): void {
  if (pid !== process.pid) return;
  expect.fail(
    'The task ran in the process that called run, on a thread or not. What kills a task would kill your program too.',
  );
}

/** Whether there is such a process, if only as a zombie whose end nobody has heard of. */
function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** What nobody can copy. */
function unreadable(): unknown {
  return {
    get value(): never {
      throw new Error('This value cannot be read.');
    },
  };
}

function abortable(reason: unknown = new Error(`nobody needs it any more (${random().nonce()})`)) {
  const controller = new AbortController();
  return { signal: controller.signal, reason, abort: () => controller.abort(reason) };
}

/** Runs one-task.ts with the learner's pool, in a process of its own. */
function runOneTask(job: Job) {
  // Only imports of this process are sent to the submission.
  const pool = import.meta.resolve('./process-pool.ts').replace(/\?.*$/, '');
  const program = fileURLToPath(new URL('./one-task.ts', import.meta.url));
  return startProgram(program, { args: [pool, JSON.stringify(job)] });
}

/** Knows the processes that this one starts, to end those that are left. */
function watchChildren() {
  const children = new Set<ChildProcess>();
  const find = (pid: number) => [...children].find((child) => child.pid === pid);
  const note = (message: unknown) => {
    children.add((message as { process: ChildProcess }).process);
  };
  diagnostics.subscribe('child_process', note);
  return {
    ask: {
      /** How many were started. */
      started: () => children.size,
      /** The numbers of those that are there, if only as zombies. */
      left: () =>
        [...children].flatMap(({ pid }) => (pid !== undefined && isThere(pid) ? pid : [])),
      /** The name of the signal or the exit code. */
      howEnded: (pid: number) => String(find(pid)?.signalCode ?? find(pid)?.exitCode ?? ''),
      /** Calls `listener` before the listeners of the pool. */
      onEnd: (pid: number, listener: () => void) => find(pid)?.prependListener('exit', listener),
    },
    end: async () => {
      // For each task that still waits, a pool starts another process when one has ended.
      for (let round = 0; round < 10; round += 1) {
        await turns(2);
        const left = [...children].filter(({ pid }) => pid !== undefined && isThere(pid));
        if (left.length === 0) return;
        for (const child of left) child.kill('SIGKILL');
        const ended = ({ pid, signalCode, exitCode }: ChildProcess) =>
          !isThere(pid!) && (signalCode ?? exitCode) !== null;
        await until(() => left.every(ended), 'killed processes', patience);
      }
    },
    [Symbol.dispose]: () => {
      diagnostics.unsubscribe('child_process', note);
    },
  };
}

/** Until it is disposed, processes that are started without a limit of their own have 64 MB for their heap. */
function limitHeaps(): Disposable {
  const limit = '--max-old-space-size=64';
  const { NODE_OPTIONS: options } = process.env;
  const own = process.execArgv;
  const others = own.filter((option) => !/^--max[-_]old[-_]space[-_]size/.test(option));
  process.execArgv = [...others, limit];
  process.env.NODE_OPTIONS = `${options ?? ''} ${limit}`.trim();
  return {
    [Symbol.dispose]: () => {
      process.execArgv = own;
      if (options === undefined) delete process.env.NODE_OPTIONS;
      else process.env.NODE_OPTIONS = options;
    },
  };
}

/** A pool that waits in such a call would wait at a gate that only this thread can open. */
function refuseSyncCalls(): Disposable {
  const names = ['execSync', 'execFileSync', 'spawnSync'];
  const watched = [
    { owner: childProcess, names, prefix: '' },
    { owner: Atomics, names: ['wait'], prefix: 'Atomics.' },
  ];
  const restore = wrapFunctions(watched, (name) => {
    throw new Error(
      `Your pool called ${name}: until that returns, your program does nothing else.`,
    );
  });
  return { [Symbol.dispose]: restore };
}
