import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import {
  type PromiseState,
  currentTrace,
  expect,
  gate,
  inVirtualTime,
  kata,
  random,
  settled,
  settledAfter,
  test,
  turns,
} from '#harness';
import type { Background } from './no-rejection-left-behind.ts';

const load = kata(() => import('./no-rejection-left-behind.ts'));

test('a program whose tasks fail ends with exit code 0 and an empty stderr', async () => {
  await load();

  const orders = await runOrders(['--unhandled-rejections=strict']);

  if (orders.exitCode !== 0) {
    const lastWords = /^\w*Error: .*$/m.exec(orders.stderr)?.[0] ?? orders.stderr.slice(0, 200);
    expect.fail(
      `Ten tasks failed while nobody awaited them, and that ended the program with exit code ${String(orders.exitCode)}: "${lastWords}".`,
    );
  }
  expect(orders.stderr, 'What the program wrote to stderr, where ten tasks failed').toBe('');
  expect(orders.stdout, 'What the program printed').toContain('10 orders taken');
  const keptAlive = /^Still alive because of (.*)$/m.exec(orders.stdout)?.[1];
  if (keptAlive !== undefined) {
    expect.fail(
      `All tasks had ended, but the program could not end: something of Background kept it alive (${keptAlive}).`,
    );
  }
});

test('each failure is told to onError once, with its very error, falsy or not', async () => {
  const { Background } = await load();
  const failure = new Error(random().nonce());
  const aborted = new DOMException('The task was aborted', 'AbortError');
  const errors = [failure, undefined, random().nonce(), 0, null, '', false, aborted];

  const reports = await reportsOf(Background, (background) => {
    for (const [index, error] of errors.entries()) {
      const running = background.run(() => failAfter(10 + index * 10, error));
      // It is told whether or not somebody awaits the promise.
      if (index % 2 === 1) running.catch(() => {});
    }
  });

  const told = reports.map(({ error }) => error);
  expect(told, 'What onError was told, where eight tasks failed').toStrictEqual(errors);
  expect(told[0], 'The first error that onError was told is not the one that was thrown').toBe(
    failure,
  );
});

test('a failure is told at the moment when it happens', async () => {
  const { Background } = await load();

  const reports = await reportsOf(Background, (background) => {
    void background.run(() => failAfter(50, new Error('fails at 50 ms')));
    void background.run(() => sleep(1000));
  });

  const times = reports.map(({ ms }) => ms);
  expect(times, 'A task failed at 50 ms; the times of the reports').toEqual([50]);

  let told = 0;
  const background = new Background({ onError: () => void (told += 1) });
  const door = gate<never>();
  const running = background.run(() => door.wait());
  running.catch(() => {});
  await turns(3);
  door.fail(new Error('the mail server is down'));
  await turns(5);
  if (told === 0) {
    expect.fail(
      'A task failed, and five turns of the event loop later onError had not been told yet.',
    );
  }
});

test('two tasks that fail with the same error are told twice', async () => {
  const { Background } = await load();
  const text = 'the mail server is down';
  // Two of each, which are equal: and yet two failures.
  const pairs = [text, text, 404, 404, new Error(text), new Error(text)];

  const reports = await reportsOf(Background, (background) => {
    for (const error of pairs) void background.run(() => failAfter(10, error));
  });

  const sentence = 'Six tasks failed, always two with equal errors; how often onError was called';
  expect(reports.length, sentence).toBe(6);

  const nested = await reportsOf(Background, (background) => {
    const first = background.run(() => failAfter(10, new Error(text)));
    // This one fails because the first does: a failure of its own, but one and the same Error.
    void background.run(() => first);
  });

  // To tell it for each task, or once for both: both are right.
  if (nested.length === 1 || nested.length === 2) return;
  expect.fail(
    `A task failed, a second one awaited its promise and failed with the very same Error; onError was called ${nested.length} times. It should be once or twice.`,
  );
});

test('an await gives the value or the error, however late it comes', async () => {
  const { Background } = await load();
  const failure = new Error('the mail server is down');
  const values = [random().nonce(), 0, '', null, undefined, new Error('a value, and no failure')];
  const errors = [failure, undefined, 0, ''];

  await inVirtualTime(async (clock) => {
    const reports: unknown[] = [];
    const background = new Background({ onError: (error) => void reports.push(error) });
    // No task waits for this one.
    void background.run(() => sleep(500));
    let settledAt = -1;
    const well = values.map((value) => background.run(() => sleep(10, value)));
    const plain = values.map((value) => background.run(() => value));
    const badly = errors.map((error) => background.run(() => failAfter(20, error)));
    void badly[0]!.catch(() => void (settledAt = clock.now));
    for (const moment of ['at once', 'late']) {
      for (const [index, value] of values.entries()) {
        const what = `A task gave ${inWords(value)}, awaited ${moment}`;
        expect(await well[index], what).toBe(value);
        expect(await plain[index], `${what}; it gave it without a promise`).toBe(value);
      }
      for (const [index, error] of errors.entries()) {
        const what = `A task failed with ${inWords(error)}, awaited ${moment}`;
        await expect(badly[index], what).toRejectWith(error);
      }
      await sleep(1000);
    }
    expect(settledAt, 'A task failed at 20 ms; its promise rejected at').toBe(20);
    if (reports.includes(values.at(-1))) {
      expect.fail('The value of a task was an Error. It did not fail, but onError was told.');
    }
  });
});

test('a task that throws at once has failed like any other', async () => {
  const { Background } = await load();
  const failures = [new Error('threw at once'), undefined];
  const running: Promise<never>[] = [];
  let calls = 0;

  const reports = await reportsOf(Background, (background) => {
    for (const failure of failures) {
      const call = () => {
        const task = () => {
          calls += 1;
          throw failure;
        };
        running.push(background.run(task));
      };
      const thrown = errorOf(call);
      if (thrown !== null) {
        expect.fail(
          `The task threw at once, and run threw too: ${thrown}. It should give a promise.`,
        );
      }
    }
  });

  // Another test asks whether a falsy error is told.
  const told = reports.map(({ error }) => error).filter((error) => error !== undefined);
  expect(told, 'The task threw at once; what onError was told').toEqual([failures[0]]);
  expect(calls, 'Two tasks threw at once; how often they were called').toBe(2);
  for (const [index, failure] of failures.entries()) {
    const state = await settled(running[index]!);
    expect(state, 'The task threw at once; the promise of run is').toBe('rejected');
    const what = `The task threw ${inWords(failure)} at once; the promise of run`;
    await expect(running[index], what).toRejectWith(failure);
  }
});

test('tasks run side by side, and each is called once', async () => {
  const { Background } = await load();
  const background = new Background({ onError: () => {} });
  const door = gate();
  let calls = 0;
  // One function for all: it is a task of its own each time.
  const task = () => {
    calls += 1;
    return door.wait();
  };

  const running = Array.from({ length: 300 }, () => background.run(task));
  await turns(3);
  const atWork = door.waiting;
  door.open();
  await Promise.all(running);

  const sentence = 'Of 300 tasks, all of one function, those that had begun before one ended';
  expect(atWork, sentence).toBe(300);
  expect(calls, 'Calls of 300 tasks').toBe(300);
});

test('drain waits for the tasks that tasks start', async () => {
  const { Background } = await load();
  let ended = 0;

  await inVirtualTime(async () => {
    const background = new Background({ onError: () => {} });
    const generation = async (later: number): Promise<void> => {
      await sleep(10);
      if (later > 0) void background.run(() => generation(later - 1));
      ended += 1;
    };
    void background.run(() => generation(119));
    await background.drain();
  });

  const sentence =
    'One task started the next, 120 in all; those that had ended when drain resolved';
  expect(ended, sentence).toBe(120);
});

test('drain resolves though tasks fail, when the last one has ended', async () => {
  const { Background } = await load();

  await inVirtualTime(async () => {
    let told = 0;
    let ended = false;
    const background = new Background({ onError: () => void (told += 1) });
    void background.run(() => failAfter(50, 'first failure'));
    void background.run(() => failAfter(100, 'second failure'));
    void background.run(async () => {
      await sleep(200);
      ended = true;
    });
    const outcome = await background.drain().then(
      () => 'resolved',
      (error: unknown) => `rejected: ${String(error)}`,
    );

    expect(outcome, 'Two of three tasks failed; drain').toBe('resolved');
    if (!ended) expect.fail('Two of three tasks failed. The third still ran when drain resolved.');
    expect(told, 'Two tasks failed; the failures that onError was told before drain ended').toBe(2);

    let alone = 0;
    let retried = false;
    const retry = async () => {
      await sleep(70);
      retried = true;
    };
    const quiet = new Background({
      onError: () => {
        alone += 1;
        void quiet.run(retry);
      },
    });
    void quiet.run(() => failAfter(50, 'the only failure'));
    await quiet.drain().catch(() => {});
    const sentence = 'The only task failed; the failures that onError was told before drain ended';
    expect(alone, sentence).toBe(1);
    if (!retried) {
      expect.fail('onError started another task. That one still ran when drain resolved.');
    }

    void quiet.run(() => failAfter(50, 'a failure after drain'));
    await sleep(1000);
    const later = 'One task failed before a drain, another one after it; the failures told';
    expect(alone, later).toBe(2);
  });
});

test('drain resolves at once when no task runs', async () => {
  const { Background } = await load();
  const background = new Background({ onError: () => {} });

  // Another Background is another matter: its task must hold up nobody here.
  const door = gate();
  const elsewhere = new Background({ onError: () => {} }).run(() => door.wait());
  const unused = await settledAfter(5, background.drain());
  await background.run(() => 'done');
  await turns(5);
  const afterATask = await settledAfter(5, background.drain());
  const failing = async () => {
    throw new Error('failed long ago');
  };
  const throwing = () => {
    throw new Error('threw long ago');
  };
  const afterFailures: PromiseState[] = [];
  for (const task of [failing, throwing]) {
    const failed = new Background({ onError: () => {} });
    // Other tests ask what run gives. Here the task only has to be over.
    Promise.try(() => failed.run(task)).catch(() => {});
    await turns(5);
    afterFailures.push(await settledAfter(5, failed.drain()));
  }
  door.open();
  await elsewhere;

  expect(unused, 'drain, where no task was ever started, is').toBe('fulfilled');
  expect(afterATask, 'drain, where the only task has ended, is').toBe('fulfilled');
  expect(afterFailures[0], 'drain, where the only task has failed, is').toBe('fulfilled');
  expect(afterFailures[1], 'drain, where the only task threw at once, is').toBe('fulfilled');
});

test('every drain waits for the tasks that run then', async () => {
  const { Background } = await load();
  const times: number[] = [];
  const long = 600_000;
  const warnings: string[] = [];
  const listen = (warning: Error) => void warnings.push(warning.message);

  process.on('warning', listen);
  try {
    await inVirtualTime(async (clock) => {
      const background = new Background({ onError: () => {} });
      const drained = async () => {
        await background.drain();
        times.push(clock.now);
      };
      // One function for two tasks: the one that starts last ends first.
      const durations = [97, 40];
      const task = () => sleep(durations.shift());
      void background.run(task);
      void background.run(task);
      await Promise.all([drained(), drained()]);
      // While this one runs, and a drain waits for it, other code starts one more.
      void background.run(() => sleep(long));
      setTimeout(() => void background.run(() => sleep(long)), long / 2);
      const many = Array.from({ length: 20 }, () => background.drain());
      await drained();
      await Promise.all(many);
    });
  } finally {
    process.off('warning', listen);
  }

  expect(times.slice(0, 2), 'Two tasks ended at 40 and 97 ms; when two drains resolved').toEqual([
    97, 97,
  ]);
  const sentence =
    'A task ran for ten minutes. After five of them other code started another one, also for ten; minutes until drain resolved';
  expect((times[2]! - 97) / 60_000, sentence).toBe(15);
  expect(warnings, 'Warnings of Node on stderr, where 21 drains waited at once').toEqual([]);

  const background = new Background({ onError: () => {} });
  const door = gate();
  void background.run(() => door.wait());
  await turns(5);
  const busyWithout = await busyTurns(20);
  const draining = background.drain();
  await turns(5);
  const busy = (await busyTurns(20)) - busyWithout;
  door.open();
  const state = await settledAfter(5, draining);
  await draining;
  if (state !== 'fulfilled') {
    expect.fail(
      'The last task ended, and five turns of the event loop later drain had not resolved yet. Let the end of a task tell it: it need not look again and again.',
    );
  }
  if (busy > 10) {
    expect.fail(
      `A task waited, and so did drain. But in ${busy} of 20 turns of the event loop a callback of setImmediate was ready, and the loop had no rest. Let the end of a task tell it: drain need not look again and again.`,
    );
  }
});

test('an error of other code still ends the program', async () => {
  await load();

  const orders = await runOrders(['--unhandled-rejections=throw'], ['other-code']);

  if (orders.exitCode === 0) {
    expect.fail(
      'A promise of other code was rejected and nobody handled it, but the program went on as if nothing had happened. Handle the errors of your own tasks only.',
    );
  }
  expect(orders.stderr, 'What the program wrote to stderr').toContain('An error of other code');
  if (orders.stdout.includes('was hidden')) {
    expect.fail(
      'A task failed. A caller had made a promise of its own out of the promise of run, with finally, and handled it nowhere. That is the concern of the caller and should have ended the program, but Background hid it.',
    );
  }
});

/** Lets `start` start its tasks, and gives what onError was told, and when, until long after the last one. */
async function reportsOf(
  Class: typeof Background,
  start: (background: Background) => void,
): Promise<{ error: unknown; ms: number }[]> {
  const { value } = await inVirtualTime(async (clock) => {
    const reports: { error: unknown; ms: number }[] = [];
    const background = new Class({
      onError: (error) => void reports.push({ error, ms: clock.now }),
    });
    // It has no task, so it has nothing to tell.
    void new Class({
      onError: () => void reports.push({ error: 'told to another Background', ms: clock.now }),
    });
    start(background);
    // Another test asks how drain ends. Here it must only not hide a report.
    background.drain().catch(() => {});
    await sleep(10_000);
    return reports;
  });
  return value;
}

/** In how many of `count` turns of the event loop somebody has left work for the next turn. */
async function busyTurns(count: number): Promise<number> {
  let busy = 0;
  for (let turn = 0; turn < count; turn += 1) {
    await turns(1);
    if (process.getActiveResourcesInfo().includes('Immediate')) busy += 1;
  }
  return busy;
}

function inWords(value: unknown): string {
  return value instanceof Error ? 'an Error' : inspect(value);
}

/** What `call` throws, in words; null when it does not throw. */
function errorOf(call: () => void): string | null {
  try {
    call();
    return null;
  } catch (error) {
    return String(error);
  }
}

async function failAfter(ms: number, error: unknown): Promise<never> {
  await sleep(ms);
  throw error;
}

/** Runs the program orders.ts with the learner's file beside it, in a process of its own. */
function runOrders(
  flags: readonly string[],
  words: readonly string[] = [],
): Promise<{ exitCode: unknown; stdout: string; stderr: string }> {
  const file = new URL(import.meta.resolve('./orders.ts'));
  file.search = '';
  // Node's own warnings are not the learner's: stripping types is told as an experiment by some releases.
  const args = ['--disable-warning=ExperimentalWarning', ...flags, fileURLToPath(file), ...words];
  // The test runner's own settings would speak on stderr. The time limit only tidies up after a program that never ends.
  // With the folder of compiled code the second program need not strip the types again, which takes longer than all it does.
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const options = { env: { PATH, NODE_COMPILE_CACHE }, timeout: 60_000 };
  const bar = currentTrace().begin('the end of orders.ts', 'task');
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, options, (_error, stdout, stderr) => {
      bar.end('done');
      resolve({ exitCode: child.exitCode ?? child.signalCode, stdout, stderr });
    });
  });
}
