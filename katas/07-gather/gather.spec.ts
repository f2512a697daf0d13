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
  settledAfter,
  test,
  turns,
} from '#harness';
import type { PromiseState, VirtualClock } from '#harness';

const load = kata(() => import('./gather.ts'));

const modes = [{ returnExceptions: false }, { returnExceptions: true }];

test('the first failure rejects at once, with its error', async () => {
  const { gather } = await load();

  // Also an abort of the task's own, not of the caller.
  const failures = [
    new Error('the hotel is closed'),
    new DOMException('the hotel gave up', 'AbortError'),
  ];
  for (const failure of failures) {
    const run = await observe(() =>
      expect(
        gather([
          (signal) => work('slow', 10_000, signal),
          () => failAfter('fails', 50, failure),
          (signal) => work('quick', 200, signal),
        ]),
        `A task failed (${told(failure)})`,
      ).toRejectWith(failure),
    );

    expect(run, `A task failed at 50 ms (${told(failure)})`).toTakeVirtually(50);
  }
});

test('results stand in the order of the tasks, falsy ones too', async () => {
  const { gather } = await load();
  const seeded = random();
  // Any value will do: a list, a function, and what looks like the outcome of a promise.
  const lookAlike = { status: 'rejected', reason: 'full', error: 'full', value: 'a room' };
  const odd = [['a list'], () => 'not to be called', lookAlike];
  const values = [seeded.nonce(), 0, '', false, null, undefined, ...odd, seeded.nonce()];
  const others = [seeded.nonce(), seeded.nonce()];

  for (const mode of modes) {
    const how = `with ${JSON.stringify(mode)}`;
    const run = await observe(async () => {
      const tasks = values.map((value, index) => async (signal: AbortSignal) => {
        await work(`task ${index + 1}`, 1000 - index * 100, signal);
        return value;
      });
      const running = outcomeOf(gather(tasks, mode));
      const second = await gather(
        others.map((value) => () => value),
        mode,
      );
      return { first: await running, second };
    });

    const { first } = run.value;
    if ('rejected' in first) {
      expect.fail(`Nobody failed, ${how}, and gather rejected with ${told(first.rejected)}.`);
    }
    expect(first.resolved, `The results of ${values.length} tasks, ${how}`).toHaveLength(10);
    for (const [index, value] of values.entries()) {
      const result: unknown = first.resolved[index];
      if (Object.is(result, value)) continue;
      expect.fail(
        `The last task ended first, ${how}. Task ${index + 1} gave ${told(value)}; in its place among the results stands ${told(result)}.`,
      );
    }
    const beside = `The results of a second call, made while the tasks of the first still ran, ${how}`;
    expect(run.value.second, beside).toStrictEqual(others);
    expect(run).toTakeVirtually(1000);
  }
});

test('all tasks run side by side, and each is called once', async () => {
  const { gather } = await load();

  for (const mode of modes) {
    const how = `with ${JSON.stringify(mode)}`;
    const door = gate<string>();
    const calls: number[] = [];
    const tasks = Array.from({ length: 500 }, (_, index) => async () => {
      calls.push(index);
      await door.wait();
      return index + 1;
    });
    const given = [...tasks];

    const running = gather(tasks, mode);
    await turns(3);
    const begun = `Of 500 tasks, those that had begun when none had ended yet, ${how}`;
    expect(door.waiting, begun).toBe(500);
    door.open('done');

    const results = await running;
    expect(results.length, `Results of 500 tasks, ${how}`).toBe(500);
    const astray = results.findIndex((result, index) => result !== index + 1);
    if (astray >= 0) {
      expect.fail(
        `Of 500 tasks, ${how}: in the place of task ${astray + 1} stands the result of task ${told(results[astray])}.`,
      );
    }
    expect(calls.length, `Calls of 500 tasks, ${how}`).toBe(500);
    const listed = `Tasks in the caller's own list of 500, when gather had ended, ${how}`;
    expect(tasks.filter((task, index) => task === given[index]).length, listed).toBe(500);
  }

  // One function may stand there for several tasks.
  let calls = 0;
  const same = () => (calls += 1);
  const { value } = await observe(() => gather([same, same, same]));
  expect(value, 'A list has one function three times, which counts its calls; the results').toEqual(
    [1, 2, 3],
  );
});

// Not so in a task group: there the first failure cancels the siblings.
test('after a failure the others run on, and nobody tells them to stop', async () => {
  const { gather } = await load();
  const failures = {
    'failed at 50 ms': () => failAfter('fails', 50),
    'threw at once': () => {
      throw new Error('threw at once');
    },
  };
  const cases = Object.entries(failures).flatMap(([how, fail]) =>
    modes.map((mode) => ({ how, fail, mode })),
  );

  for (const { how, fail, mode } of cases) {
    const ended: string[] = [];
    await observe(async (clock) => {
      const task = async (name: string, ms: number, signal: AbortSignal | undefined) => {
        await work(name, ms, signal);
        const state = signal ? (signal.aborted ? ', aborted' : '') : ', no signal';
        ended.push(`${name} at ${clock.now} ms${state}`);
      };
      const short = (signal: AbortSignal) => task('short', 100, signal);
      const long = (signal: AbortSignal) => task('long', 300, signal);
      await outcomeOf(gather([short, long, fail], mode));
    });

    const sentence = `A task ${how}, with ${JSON.stringify(mode)}; how the others ended`;
    expect(ended, sentence).toHappenInOrder(['short at 100 ms', 'long at 300 ms']);
  }
});

test('leaves no rejection unhandled when tasks fail later', async () => {
  const { gather } = await load();

  await observe(async () => {
    const failing = (where: string) =>
      [30, 60, 90].map((ms) => () => failAfter(`fails at ${ms} ms, ${where}`, ms));
    const throws = () => {
      throw new Error('threw at once');
    };
    for (const mode of modes) {
      const caller = new AbortController();
      const { signal } = caller;
      const running = outcomeOf(gather(failing('aborted'), { ...mode, signal }));
      await sleep(10);
      caller.abort(new Error('the visitor has left'));
      await running;
    }
    await outcomeOf(gather(failing('not aborted')));
    // The last one ends the call at once: then those before it may not be forgotten.
    await outcomeOf(gather([...failing('one beside it threw at once'), throws]));
    for (const mode of modes) {
      const caller = new AbortController();
      const aborts = () => caller.abort(new Error('the visitor has left'));
      const tasks = [...failing('one beside it aborted at once'), aborts];
      await outcomeOf(gather(tasks, { ...mode, signal: caller.signal }));
    }
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
      // The last one to end is one that fails.
      if (failed.has(index)) return failAfter(name, index === 7 ? 320 : 50, result);
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
  expect(run).toTakeVirtually(320);

  const sad = [failure, gaveUp];
  const { value: outcome } = await observe(() =>
    outcomeOf(
      gather(
        sad.map((error) => () => failAfter('fails', 50, error)),
        modes[1],
      ),
    ),
  );
  expect(outcome, 'Both of two tasks failed, with returnExceptions; gather').toEqual({
    resolved: sad,
  });
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
        `A task rejected with ${told(reason)}`,
      ).toRejectWith(reason),
    );
    const throws = () => {
      throw reason;
    };
    await observe(() =>
      expect(
        gather([() => work('other', 100), throws]),
        `A task threw ${told(reason)} at once`,
      ).toRejectWith(reason),
    );
  }
});

test('no tasks give an empty list', async () => {
  const { gather } = await load();

  const reason = new Error('the visitor has left');

  for (const mode of modes) {
    const how = JSON.stringify(mode);
    const { value } = await observe(() => gather([], mode));
    expect(value, `The result without tasks, with ${how}`).toEqual([]);

    const { signal } = new AbortController();
    const ended = await soon(gather([], { ...mode, signal }));
    expect(ended, `Without tasks, with ${how} and a signal, gather`).toBe('fulfilled');

    // Then it may refuse or resolve; but it may not wait for ever.
    const refused = await soon(
      Promise.try(() => gather([], { ...mode, signal: AbortSignal.abort(reason) })),
    );
    const late = `Without tasks, with ${how} and a signal that was aborted already, gather`;
    expect(refused, late).not.toBe('pending');
  }
});

test('a task that throws at once is one that fails: the others start', async () => {
  const { gather } = await load();
  const failure = new Error('threw at once');
  const another = new Error('threw at once, behind the first');

  for (const mode of modes) {
    const called: string[] = [];
    const task = (name: string) => async () => {
      called.push(name);
      await work(name, 100);
      return name;
    };
    const throws = (name: string, error: Error) => () => {
      called.push(name);
      throw error;
    };
    const tasks = [
      task('first'),
      throws('second', failure),
      throws('third', another),
      task('fourth'),
    ];
    const happened = `The second and the third of four tasks threw at once, with ${JSON.stringify(mode)}`;
    const run = await observe(() => {
      try {
        return outcomeOf(gather(tasks, mode));
      } catch {
        return expect.fail(
          `${happened}; and gather threw at the one who called. It should have given a promise.`,
        );
      }
    });

    const { returnExceptions } = mode;
    const names = ['first', 'second', 'third', 'fourth'];
    expect(called, `${happened}; the tasks that were called`).toEqual(names);
    expect(run.value, `${happened}; gather`).toEqual(
      returnExceptions
        ? { resolved: ['first', failure, another, 'fourth'] }
        : { rejected: failure },
    );
    expect(run, happened).toTakeVirtually(returnExceptions ? 100 : 0);
  }
});

test("the caller's abort reaches every task that runs, also after a failure", async () => {
  const { gather } = await load();

  // A reason may be any value, as an error may: also 0.
  for (const reason of [new Error('the visitor has left'), 0]) {
    const caller = new AbortController();
    const failure = new Error('the hotel is closed');
    const stopped: string[] = [];
    const reasons: unknown[] = [];

    const { value: outcomes } = await observe(async (clock) => {
      const task = (name: string) => async (signal: AbortSignal) => {
        await work(name, 10_000, signal);
        stopped.push(`${name} at ${clock.now} ms`);
        reasons.push(signal.reason);
      };
      const fails = () => failAfter('fails', 20, failure);
      const calls = [
        gather([task('one of three'), task('two of three'), task('three of three')], caller),
        gather([fails, task('after a failure')], caller),
        gather([fails, task('errors kept')], { returnExceptions: true, signal: caller.signal }),
      ].map(outcomeOf);
      await sleep(50);
      caller.abort(reason);
      return Promise.all(calls);
    });

    const sentence = `The caller aborted at 50 ms, with ${told(reason)}; when the tasks stopped`;
    expect(stopped.toSorted(), sentence).toHappenInOrder([
      'after a failure at 50 ms',
      'errors kept at 50 ms',
      'one of three at 50 ms',
      'three of three at 50 ms',
      'two of three at 50 ms',
    ]);
    const found = 'The reasons that the tasks found in their signals';
    // An AbortError that is caused by the reason tells it as well.
    const why = reasons.map((each) =>
      each instanceof Error && each.name === 'AbortError' && each.cause === reason ? reason : each,
    );
    expect(why, found).toEqual(reasons.map(() => reason));

    const [three, failed, kept] = outcomes;
    const all = 'The caller aborted, and all tasks stopped without an error: gather';
    await expect(endOf(three), all).toRejectWith({ reason });
    const before = 'A task had failed at 20 ms, the caller aborted at 50 ms: gather';
    expect(failed, before).toEqual({ rejected: failure });
    const both = `${before} with returnExceptions`;
    await expect(endOf(kept), both).toRejectWith({ reason });
  }
});

test("the caller's abort rejects, with returnExceptions too", async () => {
  const { gather } = await load();
  const cases = [new Error('the visitor has left'), null].flatMap((reason) =>
    modes.map((mode) => ({ mode, reason })),
  );

  // A reason may be any value, as an error may: also null.
  for (const { mode, reason } of cases) {
    const how = `${JSON.stringify(mode)} and the reason ${told(reason)}`;
    const abortsAt50 = (...last: ((signal: AbortSignal) => unknown)[]) =>
      observe(async () => {
        const caller = new AbortController();
        const tasks = [
          () => 'has ended',
          (signal: AbortSignal) => obey('obeys', 10_000, signal),
          (signal: AbortSignal) => work('stops without an error', 10_000, signal),
          ...last,
        ];
        const running = gather(tasks, { ...mode, signal: caller.signal });
        const rejected = expect(running, `With ${how}`).toRejectWith({ reason });
        await sleep(50);
        caller.abort(reason);
        await rejected;
      });

    const run = await abortsAt50();
    expect(run, `The caller aborted at 50 ms, with ${how}`).toTakeVirtually(50);

    // In asyncio, a gather that was cancelled ends when its children have ended. Here that is up to the answer.
    const slow = await abortsAt50(() => work('does not listen', 400));
    if (slow.virtualMs === 400) continue;
    const beside = `The caller aborted at 50 ms, and one task did not listen, with ${how}`;
    expect(slow, beside).toTakeVirtually(50);
  }
});

test('an abort is obeyed at whatever moment it comes', async () => {
  const { gather } = await load();

  for (const mode of modes) {
    for (const moment of ['right after the call', 'in a task']) {
      await observe(() =>
        eachAbortPoint(async ({ signal, reason, arm }) => {
          const task = () => {
            if (moment === 'in a task') arm();
            return sleep(100);
          };
          const running = gather([task], { ...mode, signal });
          if (moment === 'right after the call') arm();

          const sentence = `The abort came ${moment}, with ${JSON.stringify(mode)}`;
          await expect(running, sentence).toRejectWith({ reason });
        }),
      );
    }
  }

  const reason = new Error('the visitor has left');
  const ends = {
    'gave a value at once': () => 'a value',
    'threw at once': () => {
      throw new Error('thrown after the abort');
    },
  };
  for (const mode of modes) {
    for (const [end, finish] of Object.entries(ends)) {
      const caller = new AbortController();
      const given: AbortSignal[] = [];
      const tasks = [
        (signal: AbortSignal) => {
          given.push(signal);
          return work('called before', 100, signal);
        },
        () => {
          caller.abort(reason);
          return finish();
        },
      ];
      const sentence = `A task aborted while it was being called, and ${end}, with ${JSON.stringify(mode)}`;
      await observe(() =>
        expect(gather(tasks, { ...mode, signal: caller.signal }), sentence).toRejectWith({
          reason,
        }),
      );
      const heard = `${sentence}; whether the signal of the task before it was aborted`;
      expect(
        given.map(({ aborted }) => aborted),
        heard,
      ).toEqual([true]);
    }
  }
});

test('never calls a task when the signal is already aborted', async () => {
  const { gather } = await load();
  let calls = 0;

  const cases = [new Error('the visitor has left'), null, 0].flatMap((reason) =>
    modes.map((mode) => ({ mode, reason })),
  );
  for (const { mode, reason } of cases) {
    const signal = AbortSignal.abort(reason);
    const happened = `The signal was aborted before the call, with the reason ${told(reason)}`;
    await observe(async () => {
      // By a throw or by a rejection.
      const call = () => gather([() => (calls += 1)], { ...mode, signal });
      await expect(call, happened).toRejectWith({ reason });
    });
    expect(signal, happened).toHaveNoListeners();
  }

  const sentence =
    'The signal was aborted before the call, so nobody wants the work any more; how many tasks were called';
  expect(calls, sentence).toBe(0);
});

test("leaves no listener on the caller's signal when all tasks have ended", async () => {
  const { gather } = await load();
  const { signal } = new AbortController();
  const aborted = new AbortController();

  await observe(async () => {
    await gather([() => work('task', 10)], { signal });
    await outcomeOf(gather([() => failAfter('fails', 10), () => work('other', 20)], { signal }));
    await gather([() => failAfter('fails', 10)], { signal, returnExceptions: true });
    const throws = () => {
      throw new Error('threw at once');
    };
    for (const mode of modes) await outcomeOf(gather([throws], { ...mode, signal }));
    const running = Promise.all(
      modes.map((mode) =>
        outcomeOf(gather([() => work('does not listen', 20)], { ...mode, signal: aborted.signal })),
      ),
    );
    await sleep(10);
    aborted.abort();
    await running;
  });

  expect(signal, 'With a signal that nobody aborted').toHaveNoListeners();
  expect(aborted.signal, 'With a signal that was aborted').toHaveNoListeners();

  // Whether it ends without tasks, another test asks.
  const ended = await soon(gather([], { signal }));
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

/** How `promise` stands a few turns of the event loop later. */
function soon(promise: Promise<unknown>): Promise<PromiseState> {
  return settledAfter(4, promise);
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

type Outcome = { resolved: unknown[] } | { rejected: unknown };

/** How `promise` ends. */
function outcomeOf(promise: Promise<unknown[]>): Promise<Outcome> {
  return promise.then(
    (resolved) => ({ resolved }),
    (rejected: unknown) => ({ rejected }),
  );
}

/** A promise that has ended so. */
async function endOf(outcome: Outcome | undefined): Promise<unknown> {
  if (outcome && 'rejected' in outcome) throw outcome.rejected;
  return outcome?.resolved;
}
