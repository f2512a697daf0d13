import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  currentTrace,
  expect,
  gate,
  inVirtualTime,
  kata,
  random,
  settled,
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
});

test('each failure is told to onError once, with its very error, falsy or not', async () => {
  const { Background } = await load();
  const failure = new Error(random().nonce());
  const errors = [failure, undefined, random().nonce(), 0, null, '', false];

  const reports = await reportsOf(Background, (background) => {
    for (const [index, error] of errors.entries()) {
      const running = background.run(() => failAfter(10 + index * 10, error));
      // It is told whether or not somebody awaits the promise.
      if (index % 2 === 1) running.catch(() => {});
    }
  });

  const told = reports.map(({ error }) => error);
  expect(told, 'What onError was told, where seven tasks failed').toStrictEqual(errors);
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
});

test('two tasks that fail with the same error are told twice', async () => {
  const { Background } = await load();
  const failure = new Error('the mail server is down');

  const reports = await reportsOf(Background, (background) => {
    const first = background.run(() => failAfter(10, failure));
    // This one fails because the first does: that is a failure of its own.
    void background.run(() => first);
  });

  const sentence = 'A task failed, a second one awaited its promise; how often onError was called';
  expect(reports.length, sentence).toBe(2);
});

test('an await gives the value or the error, however late it comes', async () => {
  const { Background } = await load();
  const value = random().nonce();
  const failure = new Error('the mail server is down');

  await inVirtualTime(async () => {
    const background = new Background({ onError: () => {} });
    const well = background.run(() => sleep(10, value));
    const badly = background.run(() => failAfter(10, failure));
    for (const moment of ['at once', 'late']) {
      expect(await well, `A task gave a value, awaited ${moment}`).toBe(value);
      await expect(badly, `A task failed, awaited ${moment}`).toRejectWith(failure);
      await sleep(1000);
    }
  });
});

test('a task that throws at once has failed like any other', async () => {
  const { Background } = await load();
  const failure = new Error('threw at once');
  let running: Promise<never> = Promise.resolve() as Promise<never>;

  const reports = await reportsOf(Background, (background) => {
    const call = () => {
      running = background.run(() => {
        throw failure;
      });
    };
    const thrown = errorOf(call);
    if (thrown !== null) {
      expect.fail(
        `The task threw at once, and run threw too: ${thrown}. It should give a promise.`,
      );
    }
  });

  const told = reports.map(({ error }) => error);
  expect(told, 'The task threw at once; what onError was told').toEqual([failure]);
  expect(await settled(running), 'The task threw at once; the promise of run is').toBe('rejected');
});

test('tasks run side by side, and each is called once', async () => {
  const { Background } = await load();
  const background = new Background({ onError: () => {} });
  const door = gate();
  let calls = 0;

  const running = Array.from({ length: 100 }, () =>
    background.run(() => {
      calls += 1;
      return door.wait();
    }),
  );
  await turns(1);
  const atWork = door.waiting;
  door.open();
  await Promise.all(running);

  expect(atWork, 'Of 100 tasks, those that had begun before one ended').toBe(100);
  expect(calls, 'Calls of 100 tasks').toBe(100);
});

test('drain waits for the tasks that tasks start', async () => {
  const { Background } = await load();
  const generations = ['its task', 'the task of that one', 'fourth', 'fifth', 'sixth'];
  const ended: string[] = [];

  await inVirtualTime(async () => {
    const background = new Background({ onError: () => {} });
    const generation = async (name: string, ...later: string[]): Promise<void> => {
      await sleep(100);
      if (later.length > 0) void background.run(() => generation(later[0]!, ...later.slice(1)));
      ended.push(name);
    };
    void background.run(() => generation('task', ...generations));
    await background.drain();
  });

  const sentence = 'One task started the next; those that had ended when drain resolved';
  expect(ended, sentence).toHappenInOrder(['task', ...generations]);
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
    const quiet = new Background({ onError: () => void (alone += 1) });
    void quiet.run(() => failAfter(50, 'the only failure'));
    await quiet.drain().catch(() => {});
    const sentence = 'The only task failed; the failures that onError was told before drain ended';
    expect(alone, sentence).toBe(1);
  });
});

test('drain resolves at once when no task runs', async () => {
  const { Background } = await load();
  const background = new Background({ onError: () => {} });

  // Another Background is another matter: its task must hold up nobody here.
  const door = gate();
  const elsewhere = new Background({ onError: () => {} }).run(() => door.wait());
  const unused = await settled(background.drain());
  await background.run(() => 'done');
  await turns(1);
  const afterATask = await settled(background.drain());
  door.open();
  await elsewhere;

  expect(unused, 'drain, where no task was ever started, is').toBe('fulfilled');
  expect(afterATask, 'drain, where the only task has ended, is').toBe('fulfilled');
});

test('every drain waits for the tasks that run then', async () => {
  const { Background } = await load();
  const times: number[] = [];

  await inVirtualTime(async (clock) => {
    const background = new Background({ onError: () => {} });
    const drained = async () => {
      await background.drain();
      times.push(clock.now);
    };
    void background.run(() => sleep(97));
    await Promise.all([drained(), drained()]);
    void background.run(() => sleep(211));
    await drained();
  });

  const sentence = 'A task ended at 97 ms, another at 308; when two drains and a third resolved';
  expect(times, sentence).toEqual([97, 97, 308]);
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
