import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import {
  currentTrace,
  eachAbortPoint,
  expect,
  gate,
  inVirtualTime,
  kata,
  random,
  settled,
  test,
  turns,
} from '#harness';
import type { VirtualClock } from '#harness';

const load = kata(() => import('./gather.ts'));

const modes = [{ returnExceptions: false }, { returnExceptions: true }];

test('the first failure rejects at once, with its error', async () => {
  const { gather } = await load();
  const failure = new Error('the hotel is closed');

  const run = await observe(() =>
    expect(
      gather([
        (signal) => work('slow', 10_000, signal),
        () => failAfter('fails', 50, failure),
        (signal) => work('quick', 200, signal),
      ]),
    ).toRejectWith(failure),
  );

  expect(run, 'A task failed at 50 ms').toTakeVirtually(50);
});

test('results stand in the order of the tasks, falsy ones too', async () => {
  const { gather } = await load();
  const seeded = random();
  const values = [seeded.nonce(), 0, '', false, null, undefined, seeded.nonce()];
  const others = [seeded.nonce(), seeded.nonce()];

  const run = await observe(async () => {
    const running = gather(
      values.map((value, index) => async (signal) => {
        await work(`task ${index + 1}`, 700 - index * 100, signal);
        return value;
      }),
    );
    const second = await gather(others.map((value) => () => value));
    return { first: await running, second };
  });

  expect(run.value.first, 'The results, where the last task ended first').toStrictEqual(values);
  const beside = 'The results of a second call, made while the tasks of the first still ran';
  expect(run.value.second, beside).toStrictEqual(others);
  expect(run).toTakeVirtually(700);
});

test('all tasks run side by side, and each is called once', async () => {
  const { gather } = await load();
  const door = gate<string>();
  const calls: number[] = [];

  const tasks = Array.from({ length: 500 }, (_, index) => () => {
    calls.push(index);
    return door.wait();
  });
  const running = gather(tasks);
  await turns(2);
  const atWork = door.waiting;
  door.open('done');

  expect(atWork, 'Of 500 tasks, those that had begun before the first one ended').toBe(500);
  expect((await running).length, 'Results of 500 tasks').toBe(500);
  expect(calls.length, 'Calls of 500 tasks').toBe(500);
  expect(tasks.length, "Tasks in the caller's own list of 500, when gather had ended").toBe(500);
});

// Not so in a task group: there the first failure cancels the siblings.
test('after a failure the others run on, and nobody tells them to stop', async () => {
  const { gather } = await load();

  for (const mode of modes) {
    const ended: string[] = [];
    await observe(async (clock) => {
      const task = async (name: string, ms: number, signal: AbortSignal | undefined) => {
        await work(name, ms, signal);
        const state = signal ? (signal.aborted ? ', aborted' : '') : ', no signal';
        ended.push(`${name} at ${clock.now} ms${state}`);
      };
      await outcomeOf(
        gather(
          [
            () => failAfter('fails', 50),
            (signal) => task('short', 100, signal),
            (signal) => task('long', 300, signal),
          ],
          mode,
        ),
      );
    });

    const sentence = `A task failed at 50 ms, with ${JSON.stringify(mode)}; how the others ended`;
    expect(ended, sentence).toHappenInOrder(['short at 100 ms', 'long at 300 ms']);
  }
});

test('leaves no rejection unhandled when tasks fail later', async () => {
  const { gather } = await load();

  await observe(async () => {
    const failing = [30, 60, 90].map((ms) => () => failAfter(`fails at ${ms} ms`, ms));
    for (const mode of modes) {
      const caller = new AbortController();
      const running = outcomeOf(gather(failing, { ...mode, signal: caller.signal }));
      await sleep(10);
      caller.abort(new Error('the visitor has left'));
      await running;
    }
    await outcomeOf(gather(failing));
  });
});

test('with returnExceptions, raw errors stand in the place of their task', async () => {
  const { gather } = await load();
  const failure = new Error(random().nonce());
  // An abort of the task's own, not of the caller: an error like any other.
  const gaveUp = new DOMException('the airline gave up', 'AbortError');
  // A value that looks like an outcome is a value all the same.
  const likeAnOutcome = { status: 'rejected', reason: 'full', error: 'full', value: 'a room' };
  const expected = ['first', failure, 0, undefined, '', null, undefined, gaveUp, likeAnOutcome];
  const failed = new Set([1, 3, 4, 5, 7]);

  const run = await observe(async () => {
    const tasks = expected.map((result, index) => async () => {
      const name = `task ${index + 1}`;
      if (failed.has(index)) return failAfter(name, 50, result);
      await work(name, 300 - index * 10);
      return result;
    });
    try {
      return await gather(tasks, { returnExceptions: true });
    } catch (error) {
      return expect.fail(
        `Tasks failed, and gather rejected with ${told(error)}. With returnExceptions a failure is a result.`,
      );
    }
  });

  const results = run.value;
  expect(results, 'The results of 9 tasks').toHaveLength(9);
  const wrong = expected.findIndex((result, index) => !Object.is(results[index], result));
  if (wrong >= 0) {
    const task = `Task ${wrong + 1} ${failed.has(wrong) ? 'threw' : 'gave'} ${told(expected[wrong])}`;
    expect.fail(`${task}; in its place among the results stands ${told(results[wrong])}.`);
  }
  expect(run).toTakeVirtually(300);
});

test('an Error that a task returns is a value', async () => {
  const { gather } = await load();
  const returned = new TypeError('returned, not thrown');

  const { value: outcome } = await observe(() =>
    outcomeOf(gather([() => returned, async () => returned, async () => 'other'])),
  );

  expect(outcome, 'Two tasks returned an Error and nobody threw; gather').toEqual({
    resolved: [returned, returned, 'other'],
  });
});

test('a task that throws undefined, or anything falsy, has failed', async () => {
  const { gather } = await load();

  for (const reason of [undefined, null, 0, '', false]) {
    await observe(() =>
      expect(
        gather([() => work('other', 100), () => failAfter('fails', 50, reason)]),
        `A task threw ${String(reason)}`,
      ).toRejectWith(reason),
    );
  }
});

test('no tasks give an empty list', async () => {
  const { gather } = await load();

  for (const mode of modes) {
    const { value } = await observe(() => gather([], mode));

    expect(value, `The result without tasks, with ${JSON.stringify(mode)}`).toEqual([]);
  }
});

test('a task that throws at once is one that fails: the others start', async () => {
  const { gather } = await load();
  const failure = new Error('threw at once');

  for (const mode of modes) {
    const called: string[] = [];
    const tasks = [
      () => called.push('first'),
      () => {
        called.push('second');
        throw failure;
      },
      () => called.push('third'),
    ];
    const { value: outcome } = await observe(() =>
      outcomeOf(Promise.try(() => gather(tasks, mode))),
    );

    const happened = `The second of three tasks threw at once, with ${JSON.stringify(mode)}`;
    expect(called, `${happened}; the tasks that were called`).toEqual(['first', 'second', 'third']);
    expect(outcome, `${happened}; gather`).toEqual(
      mode.returnExceptions ? { resolved: [1, failure, 3] } : { rejected: failure },
    );
  }
});

test("the caller's abort reaches every task that runs, also after a failure", async () => {
  const { gather } = await load();
  const caller = new AbortController();
  const reason = new Error('the visitor has left');
  const stopped: string[] = [];
  const reasons: unknown[] = [];

  await observe(async (clock) => {
    const task = async (name: string, signal: AbortSignal) => {
      await work(name, 10_000, signal);
      stopped.push(`${name} at ${clock.now} ms`);
      reasons.push(signal.reason);
    };
    const beside = (name: string) => [
      () => failAfter('fails', 20),
      (signal: AbortSignal) => task(name, signal),
    ];
    const calls = [
      gather([(signal) => task('alone', signal)], caller),
      gather(beside('after a failure'), caller),
      gather(beside('errors kept'), { returnExceptions: true, signal: caller.signal }),
    ].map(outcomeOf);
    await sleep(50);
    caller.abort(reason);
    await Promise.all(calls);
  });

  const sentence = 'The caller aborted at 50 ms; when the tasks stopped';
  expect(stopped.toSorted(), sentence).toHappenInOrder([
    'after a failure at 50 ms',
    'alone at 50 ms',
    'errors kept at 50 ms',
  ]);
  const found = 'The reasons that the tasks found in their signals';
  expect(reasons, found).toEqual([reason, reason, reason]);
});

// Not so in asyncio, where a gather that was cancelled ends when its children have ended.
test("the caller's abort rejects at once, with returnExceptions too", async () => {
  const { gather } = await load();
  const cases = [new Error('the visitor has left'), null].flatMap((reason) =>
    modes.map((mode) => ({ mode, reason })),
  );

  // A reason may be any value, as an error may: also null.
  for (const { mode, reason } of cases) {
    const caller = new AbortController();
    const how = `${JSON.stringify(mode)} and the reason ${told(reason)}`;
    const run = await observe(async () => {
      const tasks = [
        () => 'has ended',
        (signal: AbortSignal) => obey('obeys', 10_000, signal),
        () => work('does not listen', 400),
      ];
      const running = gather(tasks, { ...mode, signal: caller.signal });
      const rejected = expect(running, `With ${how}`).toRejectWith({ reason });
      await sleep(50);
      caller.abort(reason);
      await rejected;
    });

    expect(run, `The caller aborted at 50 ms, with ${how}`).toTakeVirtually(50);
  }
});

test('an abort is obeyed at whatever moment it comes', async () => {
  const { gather } = await load();

  for (const moment of ['right after the call', 'in a task']) {
    await observe(() =>
      eachAbortPoint(async ({ signal, reason, arm }) => {
        const task = () => {
          if (moment === 'in a task') arm();
          return sleep(100);
        };
        const running = gather([task], { signal });
        if (moment === 'right after the call') arm();

        await expect(running, `The abort came ${moment}`).toRejectWith({ reason });
      }),
    );
  }

  const caller = new AbortController();
  const reason = new Error('the visitor has left');
  const task = () => {
    caller.abort(reason);
    return 'a value';
  };
  const sentence = 'A task aborted while it was being called, and gave a value at once';
  await observe(() => expect(gather([task], caller), sentence).toRejectWith({ reason }));
});

test('never calls a task when the signal is already aborted', async () => {
  const { gather } = await load();
  const reason = new Error('the visitor has left');
  let calls = 0;

  for (const mode of modes) {
    await observe(() =>
      expect(() =>
        gather([() => (calls += 1)], { ...mode, signal: AbortSignal.abort(reason) }),
      ).toRejectWith({ reason }),
    );
  }

  expect(calls, 'Calls of tasks that nobody wants any more').toBe(0);
});

test("leaves no listener on the caller's signal when all tasks have ended", async () => {
  const { gather } = await load();
  const { signal } = new AbortController();
  const aborted = new AbortController();

  await observe(async () => {
    await gather([() => work('task', 10)], { signal });
    await outcomeOf(gather([() => failAfter('fails', 10), () => work('other', 20)], { signal }));
    await gather([() => failAfter('fails', 10)], { signal, returnExceptions: true });
    const running = outcomeOf(gather([() => work('does not listen', 20)], aborted));
    await sleep(10);
    aborted.abort();
    await running;
  });

  expect(signal, 'With a signal that nobody aborted').toHaveNoListeners();
  expect(aborted.signal, 'With a signal that was aborted').toHaveNoListeners();

  // Whether it ends without tasks, another test asks.
  const ended = await settled(gather([], { signal }));
  if (ended !== 'pending') expect(signal, 'Without tasks').toHaveNoListeners();
});

/**
 * Runs `steps` in virtual time, and tells what they came to, and after how long. Then it lets those end who are still at work: what they
 * do later belongs to the test as well.
 */
async function observe<T>(steps: (clock: VirtualClock) => T | Promise<T>) {
  const { value: observed } = await inVirtualTime(async (clock) => {
    try {
      const value = await steps(clock);
      return { value, virtualMs: clock.now };
    } finally {
      while (currentTrace().spans.some(({ outcome }) => outcome === 'open')) await sleep(1000);
      await turns(1);
    }
  });
  return observed;
}

/** Works for `ms`. Told to stop, it stops at once, and without an error. */
async function work(name: string, ms: number, signal?: AbortSignal): Promise<void> {
  await obey(name, ms, signal).catch(() => {});
}

/** Works for `ms`. Told to stop, it rejects as Node does: with an AbortError, its cause the reason of the signal. */
async function obey(name: string, ms: number, signal?: AbortSignal): Promise<void> {
  const bar = currentTrace().begin(name, 'task');
  try {
    await sleep(ms, undefined, signal ? { signal } : {});
    bar.end('done');
  } catch (error) {
    bar.end('cancelled');
    throw error;
  }
}

/** Works for `ms` and fails then, whoever tells it to stop. */
async function failAfter(name: string, ms: number, ...error: [] | [unknown]): Promise<never> {
  const bar = currentTrace().begin(name, 'task');
  await sleep(ms);
  bar.end('failed');
  // Not a default: undefined is an error like any other here.
  throw error.length === 0 ? new Error(name) : error[0];
}

/** A value in one short line, an error without its stack. */
function told(value: unknown): string {
  return value instanceof Error ? String(value) : inspect(value, { depth: 0 });
}

/** How `promise` ends. */
function outcomeOf(promise: Promise<unknown>): Promise<object> {
  return promise.then(
    (resolved) => ({ resolved }),
    (rejected: unknown) => ({ rejected }),
  );
}
