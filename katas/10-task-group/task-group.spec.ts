import { setTimeout as sleep } from 'node:timers/promises';
import {
  countTurns,
  currentTrace,
  eachAbortPoint,
  expect,
  gate,
  inVirtualTime,
  kata,
  random,
  restOfTheTurn,
  test,
  turns,
} from '#harness';
import type { VirtualClock } from '#harness';

// Each test names the library in whose tests its behaviour was learnt:
//   asyncio    python/cpython, Lib/test/test_asyncio/test_taskgroups.py and Lib/asyncio/taskgroups.py
//   Trio       python-trio/trio, src/trio/_core/_tests/test_run.py
//   Kotlin     Kotlin/kotlinx.coroutines, kotlinx-coroutines-core/common/test/
//   Java       openjdk/jdk, test/jdk/java/util/concurrent/StructuredTaskScope/StructuredTaskScopeTest.java
//   effection  thefrontside/effection, test/spawn.test.ts
// Where they disagree, "not so in" names those that decided otherwise.

const load = kata(() => import('./task-group.ts'));

const inTheirOrder = 'run should reject with these errors, in the order in which they happened';
const stillRunning = 'Still running when run had settled';

// asyncio: test_cancel_children_on_child_error. Trio: test_task_crash_propagation. Kotlin: CoroutineScopeTest,
// testScopeCancelledFromWithin.
test('the TaskGroup cancels its siblings', async () => {
  const { TaskGroup } = await load();
  const stopped: number[] = [];

  const run = await observe(async (clock) => {
    const sibling = async (name: string, signal: AbortSignal) => {
      await work(name, 10_000, signal);
      stopped.push(clock.now);
    };
    await failuresOf(
      TaskGroup.run(async (group) => {
        void group.spawn((signal) => sibling('sibling 1', signal));
        void group.spawn(() => failAfter('fails', 50));
        void group.spawn((signal) => sibling('sibling 2', signal));
      }),
    );
  });

  expect(stopped, 'A child failed at 50 ms; its siblings stopped at these milliseconds').toEqual([
    50, 50,
  ]);
  expect(run.leftRunning, stillRunning).toEqual([]);
  expect(run).toTakeVirtually(50);

  let told = false;
  await observe(async () => {
    const door = gate();
    const running = failuresOf(
      TaskGroup.run(async (group) => {
        void group.spawn(() => door.wait());
        void group.spawn((signal) => {
          signal.addEventListener('abort', () => (told = true));
          return work('sibling', 1000, signal);
        });
      }),
    );
    await sleep(10);
    door.fail(new Error('fails'));
    await restOfTheTurn();
    const toldAtOnce = told;
    await running;
    told = toldAtOnce;
  });

  expect(
    told,
    "A child failed; aborted in the same turn of the event loop was the group's signal",
  ).toBe(true);
});

// Trio: test_basic_interleave. asyncio: test_taskgroup_01.
test('children run side by side, and the body beside them', async () => {
  const { TaskGroup } = await load();
  const starts: number[] = [];
  let startedSoon = 0;

  const run = await observe((clock) =>
    TaskGroup.run(async (group, signal) => {
      for (let child = 1; child <= 12; child += 1) {
        void group.spawn((signal) => {
          starts.push(clock.now);
          return work(`child ${child}`, child * 100, signal);
        });
      }
      // There is no limit, so here come some more, that do not fill the timeline.
      for (let child = 13; child <= 200; child += 1) {
        void group.spawn(() => {
          starts.push(clock.now);
          return sleep(100);
        });
      }
      // A few turns of the event loop are allowed. Time stands still meanwhile, so no timer has fired.
      await turns(3);
      startedSoon = starts.length;
      await work('body', 1000, signal);
    }),
  );

  expect(startedSoon, 'Children that were started a few turns later, before any timer').toBe(200);

  expect([...new Set(starts)], 'Milliseconds at which the 200 children started').toEqual([0]);
  expect(run).toTakeVirtually(1200);
});

// Kotlin: CoroutineScopeTest, testScope. Java: testJoinWithRemainingSubtasks. Not so in effection, which halts the
// children when the body returns.
test("resolves with the body's value once the last child has ended", async () => {
  const { TaskGroup } = await load();
  const value = random().nonce();

  const run = await observe(() =>
    TaskGroup.run(async (group) => {
      void group.spawn((signal) => work('first child', 10, signal));
      // For a while the group has no child at all: a counter that has come to zero may still rise again.
      await work('body', 50);
      void group.spawn((signal) => work('last child', 250, signal));
      return value;
    }),
  );

  expect(run.leftRunning, stillRunning).toEqual([]);
  expect(run).toTakeVirtually(300);
  expect(run.value).toBe(value);

  for (const empty of [0, '', null]) {
    const { value: given } = await observe(() => TaskGroup.run(async () => empty));
    expect(given, 'The body gave a value that `if (value)` overlooks').toBe(empty);
  }

  let settledSoon = false;
  await observe(async () => {
    let settled = false;
    const door = gate();
    const running = TaskGroup.run(async (group) => void group.spawn(() => door.wait())).then(() => {
      settled = true;
    });
    await sleep(10);
    door.open();
    await restOfTheTurn();
    await turns(3);
    settledSoon = settled;
    await running;
  });

  expect(settledSoon, 'The last child has ended. Whether run has settled a few turns later').toBe(
    true,
  );

  const { turns: awake } = await countTurns(() =>
    observe(() => TaskGroup.run(async (group) => void group.spawn(() => sleep(10)))),
  );
  if (awake > 1000) {
    expect.fail(
      `While the only child slept, the event loop made ${awake} turns: run asked in each of them whether somebody is left. It should wait for a promise.`,
    );
  }
});

// effection: "can spawn a new child task". Not so in Trio, where `start_soon` gives nothing back.
test("spawn gives the child's value, of a plain function too", async () => {
  const { TaskGroup } = await load();
  const seeded = random();
  const [first, second] = [seeded.nonce(), seeded.nonce()];
  const values: unknown[] = [];

  await observe(() =>
    TaskGroup.run(async (group) => {
      values.push(await group.spawn(() => first));
      values.push(
        await group.spawn(async (signal) => {
          await work('child', 10, signal);
          return second;
        }),
      );
      values.push(await group.spawn(() => 0));
    }),
  );

  expect(values.map(String), 'The values that the body got from spawn').toEqual([
    first,
    second,
    '0',
  ]);
});

// Trio: test_child_crash_wakes_parent. asyncio: test_cancel_children_on_child_error, `runner_cancel`.
test('a failure stops the body as well', async () => {
  const { TaskGroup } = await load();

  // The group's signal is its own, also when it is given another.
  for (const options of [{}, { signal: new AbortController().signal }]) {
    const run = await observe(() =>
      outcomeOf(
        TaskGroup.run(async (group, signal) => {
          void group.spawn((signal) => work('sibling', 10_000, signal));
          void group.spawn(() => failAfter('fails', 50));
          await work('body', 10_000, signal);
        }, options),
      ),
    );

    const given = 'signal' in options ? 'with' : 'without';
    expect(run, `A child failed at 50 ms in a group ${given} an outer signal`).toTakeVirtually(50);
  }
});

// Java: testInterruptClose1, "a straggler as it continues after being interrupted". asyncio: taskgroups.py, "will cancel
// all remaining tasks and wait for them to exit".
test('settles only when every sibling has finished its clean-up', async () => {
  const { TaskGroup } = await load();
  const cleaned: string[] = [];

  const run = await observe(async () => {
    const sibling = async (name: string, cleanUpMs: number, signal: AbortSignal) => {
      await work(name, 10_000, signal);
      await work(`${name} cleans up`, cleanUpMs);
      cleaned.push(name);
    };
    await outcomeOf(
      TaskGroup.run(async (group) => {
        void group.spawn((signal) => sibling('quick', 200, signal));
        void group.spawn((signal) => sibling('slow', 60_000, signal));
        void group.spawn(() => failAfter('fails', 50));
      }),
    );
    return [...cleaned];
  });

  expect(run.value, 'Siblings that had finished their clean-up when run settled').toEqual([
    'quick',
    'slow',
  ]);
  expect(run).toTakeVirtually(60_050);

  const outer = new AbortController();
  const stopped = await observe(async () => {
    const body = async (group: InstanceType<typeof TaskGroup>) => {
      void group.spawn(() => work('child that does not listen', 60_000));
    };
    const running = outcomeOf(TaskGroup.run(body, { signal: outer.signal }));
    await sleep(50);
    outer.abort();
    await running;
  });

  expect(stopped.leftRunning, `The outer signal was aborted. ${stillRunning}`).toEqual([]);
  expect(stopped).toTakeVirtually(60_000);
});

// asyncio: test_taskgroup_15, where the body sleeps on in its `except`.
test('waits for a body that does not listen, too', async () => {
  const { TaskGroup } = await load();

  const run = await observe(() =>
    outcomeOf(
      TaskGroup.run(async (group) => {
        void group.spawn(() => failAfter('fails', 50));
        await work('body', 60_000);
      }),
    ),
  );

  expect(run.leftRunning, stillRunning).toEqual([]);
  expect(run).toTakeVirtually(60_000);

  const outer = new AbortController();
  const stopped = await observe(async () => {
    const running = outcomeOf(TaskGroup.run(() => work('body', 60_000), { signal: outer.signal }));
    await sleep(50);
    outer.abort();
    await running;
  });

  expect(stopped.leftRunning, `The outer signal was aborted. ${stillRunning}`).toEqual([]);
  expect(stopped).toTakeVirtually(60_000);
});

// Trio: test_child_crash_basic. asyncio: test_taskgroup_04. Not so in Kotlin and effection, which give the error bare,
// nor in Java, which gives the first as the cause of an ExecutionException.
test('a single failure comes in an AggregateError too', async () => {
  const { TaskGroup } = await load();
  // A group within a child fails with an AggregateError: for this group that is one failure like any other.
  const ofGroupWithin = new AggregateError([new Error('one'), new Error('two')], 'group within');

  for (const failure of [new Error('the only failure'), ofGroupWithin]) {
    const { value: reason } = await observe(() =>
      outcomeOf(
        TaskGroup.run(async (group) => {
          void group.spawn(() => failAfter('fails', 50, failure));
        }),
      ),
    );

    expect(reason, 'run should reject with an AggregateError, also for one failure').toBeInstanceOf(
      AggregateError,
    );
    const threw = `One child threw one ${failure.name}`;
    const { errors } = reason as AggregateError;
    expect(errors, `${threw}. The \`errors\` of what run rejected with`).toHaveLength(1);
    expect(errors[0], `${threw}. Not what the child threw`).toBe(failure);
  }
});

// Trio: test_two_child_crashes. asyncio: taskgroups.py, `_on_task_done` appends to `_errors` as tasks end.
test('lists all failures in the order in which they happened', async () => {
  const { TaskGroup } = await load();
  const thrown = [new Error('first'), new Error('second'), new Error('third')] as const;
  const failIn = async (failure: Error, cleanUpMs: number, signal: AbortSignal) => {
    await work(failure.message, 10_000, signal);
    await failAfter(failure.message, cleanUpMs, failure);
  };

  const { value: failures } = await observe(() =>
    failuresOf(
      TaskGroup.run(async (group) => {
        void group.spawn((signal) => failIn(thrown[2], 80, signal));
        void group.spawn((signal) => failIn(thrown[1], 40, signal));
        void group.spawn(() => failAfter('first', 10, thrown[0]));
      }),
    ),
  );

  expect(namesOf(failures), inTheirOrder).toEqual(['first', 'second', 'third']);
  const same = thrown.map((failure, place) => failures[place] === failure);
  expect(
    same,
    'For each error in the list: is it the very one (`===`) that a child threw?',
  ).toEqual([true, true, true]);

  const { value: alike } = await observe(() =>
    failuresOf(
      TaskGroup.run(async (group) => {
        // Both fail in the same millisecond, the one that was spawned first a moment after the other.
        void group.spawn(async () => {
          await work('spawned first', 20);
          await failAfter('spawned first', 20);
        });
        void group.spawn(() => failAfter('spawned second', 40));
        // Two errors, though they say the same.
        void group.spawn(() => failAfter('no answer', 60));
        void group.spawn(() => failAfter('no answer', 80));
      }),
    ),
  );

  expect(namesOf(alike), inTheirOrder).toEqual([
    'spawned second',
    'spawned first',
    'no answer',
    'no answer',
  ]);
});

// asyncio: test_taskgroup_09 and _10. Kotlin: CoroutineScopeTest, testScopeBlockThrows. effection: "halts child when errored".
test("the body's error cancels the children", async () => {
  const { TaskGroup } = await load();
  const bodies = [
    {
      fails: 'The body failed after 50 ms',
      body: () => failAfter('body', 50),
      name: 'body',
      ms: 50,
    },
    { fails: 'The body threw at once', body: throwAtOnce, name: 'threw at once', ms: 0 },
  ];

  for (const { fails, body, name, ms } of bodies) {
    const run = await observe(() =>
      // Async, so that a run that throws at once counts as one that rejects: another test is about that.
      failuresOf(
        (async () =>
          TaskGroup.run((group) => {
            void group.spawn((signal) => work('child', 10_000, signal));
            return body();
          }))(),
      ),
    );

    expect(namesOf(run.value), `${fails}; ${inTheirOrder}`).toEqual([name]);
    expect(run.leftRunning, `${fails}. ${stillRunning}`).toEqual([]);
    expect(run, fails).toTakeVirtually(ms);
  }

  // Nobody else is left in the group. But a helper of the body, or a response, may have the signal too.
  const signals: AbortSignal[] = [];
  await observe(() =>
    outcomeOf(
      TaskGroup.run((_group, signal) => {
        signals.push(signal);
        return failAfter('body', 50);
      }),
    ),
  );

  expect(
    signals[0]?.aborted,
    "The body failed, and there was no child. Whether the group's signal was aborted",
  ).toBe(true);
});

// Trio: test_main_and_task_both_crash. asyncio: test_taskgroup_19; there the body's error is always the last.
test("the body's error stands among the failures, in its turn", async () => {
  const { TaskGroup } = await load();

  const { value: failures } = await observe(() =>
    failuresOf(
      TaskGroup.run(async (group) => {
        void group.spawn(() => failAfter('child', 80));
        await failAfter('body', 50);
      }),
    ),
  );

  expect(namesOf(failures), inTheirOrder).toEqual(['body', 'child']);
});

// Kotlin: CoroutineScopeTest, testAsyncCancellationFirst, where the block awaits the child that fails. asyncio lists it once
// because the body is cancelled before it sees the error; in JavaScript the body does see it.
test("a child's error that the body rethrows is listed once", async () => {
  const { TaskGroup } = await load();

  const { value: failures } = await observe(() =>
    failuresOf(TaskGroup.run((group) => group.spawn(() => failAfter('child', 50)))),
  );

  expect(namesOf(failures), inTheirOrder).toEqual(['child']);
});

// Kotlin: CoroutineScopeTest, testAsyncCancellationFirst, with a second child in the place of the block. asyncio and Trio list it for each
// child that fails with it. Both are right here: it is in the list, and its first place is that of the child who failed first.
test('an error that a child passes on to another keeps its first place', async () => {
  const { TaskGroup } = await load();

  const { value: failures } = await observe(() =>
    failuresOf(
      TaskGroup.run(async (group) => {
        // The error that is passed on is not the first one: it must not be left out only because it is the reason of the abort.
        void group.spawn(() => failAfter('first', 30));
        const child = group.spawn(() => failAfter('child', 50));
        void group.spawn(async () => {
          try {
            await child;
          } finally {
            await work('second child', 20);
          }
        });
        // Fails between the two: the error keeps the place that it got at first.
        void group.spawn(() => failAfter('third', 60));
      }),
    ),
  );

  // For each child who failed with it, or once.
  const each = ['first', 'child', 'third', 'child'];
  const listed = namesOf(failures);
  const once = listed.length === each.length ? each : ['first', 'child', 'third'];
  expect(listed, inTheirOrder).toEqual(once);

  const { value: empty } = await observe(() =>
    failuresOf(
      TaskGroup.run(async (group) => {
        const child = group.spawn(() => throwEmpty(undefined));
        void group.spawn(() => child);
        void group.spawn(() => failAfter('last', 100));
      }),
    ),
  );

  // That it is a failure at all, is the matter of another test.
  const times = namesOf(empty).filter((name) => name === 'undefined').length;
  const passedOn = 'A child threw undefined, and another passed it on. How often it is listed';
  expect(times, passedOn).toBeLessThanOrEqual(2);
});

// Trio: test_cancel_scope_exceptiongroup_filtering, which absorbs what its own scope has cancelled. timers/promises,
// events.once and stream.pipeline reject so.
test("an AbortError caused by the group's abort is no failure", async () => {
  const { TaskGroup } = await load();

  const { value: failures } = await observe(() =>
    failuresOf(
      TaskGroup.run(async (group, signal) => {
        void group.spawn(() => failAfter('fails', 50));
        void group.spawn((signal) => obey('child', 10_000, signal));
        void group.spawn(async (signal) => {
          await work('made by hand', 10_000, signal);
          throw new DOMException('made by hand', { name: 'AbortError', cause: signal.reason });
        });
        void group.spawn(async (signal) => {
          await work('a plain error', 10_000, signal);
          const stopped = new Error('a plain error', { cause: signal.reason });
          throw Object.assign(stopped, { name: 'AbortError' });
        });
        await obey('body', 10_000, signal);
      }),
    ),
  );

  expect(namesOf(failures), inTheirOrder).toEqual(['fails']);

  for (const reason of [new Error('the client has left'), null]) {
    const outer = new AbortController();
    await observe(async () => {
      const running = TaskGroup.run((_group, signal) => obey('body', 10_000, signal), {
        signal: outer.signal,
      });
      const happened = `After an outer abort with ${String(reason)}`;
      const rejected = expect(running, happened).toRejectWith({ reason });
      await sleep(50);
      outer.abort(reason);
      await rejected;
    });
  }
});

// The same, in the words of the web: `fetch` and `signal.throwIfAborted()` reject with the reason itself.
test("the reason of the group's abort itself is no failure", async () => {
  const { TaskGroup } = await load();
  const untilStopped = async (signal: AbortSignal) => {
    await work('asks the signal', 10_000, signal);
    signal.throwIfAborted();
  };

  const { value: failures } = await observe(() =>
    failuresOf(
      TaskGroup.run(async (group, signal) => {
        void group.spawn(() => failAfter('fails', 50));
        void group.spawn(untilStopped);
        // The signal of the body and that of the child have the same reason.
        void group.spawn(() => untilStopped(signal));
        await untilStopped(signal);
      }),
    ),
  );

  expect(namesOf(failures), inTheirOrder).toEqual(['fails']);

  const outer = new AbortController();
  const reason = new Error('the client has left');
  await observe(async () => {
    const running = TaskGroup.run((_group, signal) => untilStopped(signal), {
      signal: outer.signal,
    });
    const rejected = expect(running, 'After an outer abort').toRejectWith({ reason });
    await sleep(50);
    outer.abort(reason);
    await rejected;
  });
});

// Not so in asyncio, test_taskgroup_03, and effection, "finishes normally when child halts": there a child that was cancelled by
// somebody else just ends. In JavaScript nobody cancels but signals, and this one is not ours: a fetch was given up.
test("a child's own AbortError is a failure", async () => {
  const { TaskGroup } = await load();

  const run = await observe(() =>
    failuresOf(
      TaskGroup.run(async (group) => {
        void group.spawn((signal) => work('sibling', 10_000, signal));
        void group.spawn(() => failAfter('gave up', 50, new DOMException('gave up', 'AbortError')));
      }),
    ),
  );

  expect(namesOf(run.value), inTheirOrder).toEqual(['gave up']);
  expect(run).toTakeVirtually(50);
});

// asyncio: test_taskgroup_19, whose clean-up fails. Here it fails by a time limit of its own, which looks like a cancellation.
test('an AbortError of another signal is a failure, during the clean-up too', async () => {
  const { TaskGroup } = await load();
  const cause = new Error('the time limit of the clean-up');
  const cutOff = new DOMException('clean-up', { name: 'AbortError', cause });

  const { value: failures } = await observe(() =>
    failuresOf(
      TaskGroup.run(async (group) => {
        void group.spawn(() => failAfter('first', 50));
        void group.spawn(async (signal) => {
          await work('sibling', 10_000, signal);
          await failAfter('clean-up', 30, cutOff);
        });
        void group.spawn(async (signal) => {
          await work('another sibling', 10_000, signal);
          // Not caused by the group's reason, but by another AbortError.
          const caused = new DOMException('caused', { name: 'AbortError', cause: signal.reason });
          const twice = new DOMException('caused twice', { name: 'AbortError', cause: caused });
          await failAfter('caused twice', 60, twice);
        });
      }),
    ),
  );

  expect(namesOf(failures), inTheirOrder).toEqual(['first', 'clean-up', 'caused twice']);
});

// effection: "rejects when child errors during halting".
test('an error of the clean-up is a failure, though the abort is its cause', async () => {
  const { TaskGroup } = await load();

  const { value: failures } = await observe(() =>
    failuresOf(
      TaskGroup.run(async (group) => {
        void group.spawn(() => failAfter('first', 50));
        void group.spawn(async (signal) => {
          await work('sibling', 10_000, signal);
          const stopped = new DOMException('stopped', { name: 'AbortError', cause: signal.reason });
          await failAfter('clean-up', 30, new Error('clean-up', { cause: stopped }));
        });
      }),
    ),
  );

  const threw =
    'The clean-up threw an Error whose `cause` is the AbortError with which it was stopped';
  expect(namesOf(failures), `${threw}; ${inTheirOrder}`).toEqual(['first', 'clean-up']);
});

// asyncio: test_taskgroup_24, and the hydra of test_taskgroup_25. Kotlin: CoroutineScopeTest, testScope.
test('a child may spawn others while the group is ending', async () => {
  const { TaskGroup } = await load();
  const ended: number[] = [];

  const run = await observe((clock) =>
    TaskGroup.run(async (group) => {
      const generation = async (left: number, signal: AbortSignal): Promise<void> => {
        await work(`${left} to come`, 100, signal);
        ended.push(clock.now);
        if (left > 0) void group.spawn((signal) => generation(left - 1, signal));
      };
      void group.spawn((signal) => generation(3, signal));
    }),
  );

  expect(ended, 'Milliseconds at which each child had ended').toEqual([100, 200, 300, 400]);
  expect(run).toTakeVirtually(400);
});

// asyncio: test_taskgroup_no_create_task_after_failure. Java: testForkAfterCancel2, "it should not run". Not so in Trio,
// test_precancelled_task, where it starts in order to be cancelled.
test('refuses to spawn after the abort, and never calls the function', async () => {
  const { TaskGroup } = await load();

  for (const who of ['a child that failed', 'the outer signal']) {
    const outer = new AbortController();
    let calls = 0;
    let callsAtTheAbort = 0;
    let answer: unknown = 'never tried';

    await observe(async () => {
      const running = outcomeOf(
        TaskGroup.run(
          async (group, signal) => {
            signal.addEventListener('abort', () => {
              void answerOf(async () => group.spawn(() => (callsAtTheAbort += 1)));
            });
            void group.spawn(async (signal) => {
              await work('sibling', 10_000, signal);
              answer = await answerOf(async () => group.spawn(() => (calls += 1)));
            });
            await sleep(50);
            if (who === 'the outer signal') outer.abort(new Error('the client has left'));
            else void group.spawn(() => failAfter('fails', 0));
          },
          { signal: outer.signal },
        ),
      );
      await running;
    });

    const happened = `The group was aborted by ${who}, and then a sibling called spawn`;
    expect(calls, `${happened}. Calls of the function that came too late`).toBe(0);
    expect(answer, `${happened}: that spawn was`).toBe('refused');
    expect(
      callsAtTheAbort,
      `The group was aborted by ${who}, and a listener of that abort called spawn. Calls of the function that came too late`,
    ).toBe(0);
  }
});

// Java: testJoinWhenCancelled, where what was forked too late counts for nothing. Not so in asyncio, which raises a RuntimeError: whoever
// passes it on has failed. Both are right here.
test('who catches the refusal of a late spawn has not failed', async () => {
  const { TaskGroup } = await load();

  let late: Promise<unknown> = Promise.resolve('never tried');

  const { value: failures } = await observe(() =>
    failuresOf(
      TaskGroup.run(async (group) => {
        void group.spawn(() => failAfter('fails', 50));
        void group.spawn(async (signal) => {
          await work('sibling', 10_000, signal);
          late = (async () => group.spawn(() => {}))();
          await late;
        });
        // Who catches the error has not failed.
        void group.spawn(async (signal) => {
          await work('another sibling', 10_000, signal);
          await answerOf(async () => group.spawn(() => {}));
        });
      }),
    ),
  );

  // With which error it refuses, is up to the answer.
  const refusal: unknown = await outcomeOf(late);
  const passedOn = `A child failed, a sibling passed on the error of a spawn that came too late, and another caught it; ${inTheirOrder}`;
  const counts = failures.length === 2 && failures[1] === refusal;
  expect(namesOf(counts ? failures.slice(0, 1) : failures), passedOn).toEqual(['fails']);
  expect(await answerOf(() => late), 'The spawn that came too late was').toBe('refused');

  const outer = new AbortController();
  const left = new Error('the client has left');
  await observe(async () => {
    const running = TaskGroup.run(
      async (group, signal) => {
        await work('body', 10_000, signal);
        late = (async () => group.spawn(() => {}))();
        await late;
      },
      { signal: outer.signal },
    );
    const failed = outcomeOf(running);
    await sleep(50);
    outer.abort(left);
    const outcome = await failed;
    const listed = outcome instanceof AggregateError ? Array.from(outcome.errors) : [];
    if (listed.length === 1 && listed[0] === (await outcomeOf(late))) return;
    await expect(running, 'After an outer abort').toRejectWith({ reason: left });
  });

  expect(await answerOf(() => late), 'The spawn after an outer abort was').toBe('refused');
});

// asyncio: test_taskgroup_finished. Java: testForkAfterClose. Trio: test_nursery_start, `closed_nursery`.
test('refuses to spawn after the group has ended', async () => {
  const { TaskGroup } = await load();
  const groups: InstanceType<typeof TaskGroup>[] = [];
  let calls = 0;

  const { value: answer } = await observe(async () => {
    await TaskGroup.run(async (group) => {
      groups.push(group);
      void group.spawn((signal) => work('child', 10, signal));
    });
    return answerOf(async () => groups[0]?.spawn(() => (calls += 1)));
  });

  expect(answer, 'run had settled and nobody waits any more: that spawn was').toBe('refused');
  expect(calls, 'Calls of the function that came too late').toBe(0);

  const { value: afterFailure } = await observe(async () => {
    const body = async (group: InstanceType<typeof TaskGroup>) => {
      groups.push(group);
      await failAfter('body', 50);
    };
    await outcomeOf(TaskGroup.run(body));
    return answerOf(async () => groups[1]?.spawn(() => (calls += 1)));
  });

  expect(afterFailure, 'run had rejected, as the body had failed: that spawn was').toBe('refused');
  expect(calls, 'run had rejected. Calls of the function that came too late').toBe(0);
});

// asyncio: test_cancellation, which comes out with its own message. Kotlin: CoroutineScopeTest, testOuterJobIsCancelled.
test('an outer abort cancels the children and rejects with its reason', async () => {
  const { TaskGroup } = await load();
  const outer = new AbortController();
  const reason = new Error('the client has left');

  const run = await observe(async () => {
    const running = TaskGroup.run(
      async (group, signal) => {
        void group.spawn((signal) => work('child 1', 10_000, signal));
        void group.spawn((signal) => work('child 2', 10_000, signal));
        await work('body', 10_000, signal);
      },
      { signal: outer.signal },
    );
    const rejected = expect(running).toRejectWith({ reason });
    await sleep(50);
    outer.abort(reason);
    await rejected;
  });

  expect(run).toTakeVirtually(50);

  const later = new AbortController();
  const afterTheBody = await observe(async () => {
    const body = async (group: InstanceType<typeof TaskGroup>) => {
      void group.spawn((signal) => work('child', 10_000, signal));
    };
    // Two groups with the same signal: both hear of it.
    const groups = [1, 2].map(() => outcomeOf(TaskGroup.run(body, { signal: later.signal })));
    await sleep(50);
    later.abort(reason);
    await Promise.all(groups);
  });

  expect(
    afterTheBody,
    'Two groups with the same outer signal, whose bodies had returned before the abort',
  ).toTakeVirtually(50);

  let told = false;
  await observe(async () => {
    const soon = new AbortController();
    const running = outcomeOf(
      TaskGroup.run(
        async (_group, signal) => {
          await work('body', 10_000, signal);
          told = true;
        },
        { signal: soon.signal },
      ),
    );
    await sleep(10);
    soon.abort(reason);
    await restOfTheTurn();
    const toldAtOnce = told;
    await running;
    told = toldAtOnce;
  });

  expect(
    told,
    'The outer signal was aborted; told in the same turn of the event loop was the body',
  ).toBe(true);
});

// asyncio: test_taskgroup_07 and test_error_and_cancel. The moments between two lines of code are where such an abort is lost.
test('an outer abort stops the body, at whatever moment it comes', async () => {
  const { TaskGroup } = await load();

  const run = await observe(() =>
    eachAbortPoint(async ({ signal, reason, arm }) => {
      const running = TaskGroup.run((_group, signal) => work('body', 10_000, signal), { signal });
      arm();
      await expect(running).toRejectWith({ reason });
    }),
  );

  expect(run).toTakeVirtually(0);

  const outer = new AbortController();
  const byTheBody = await observe(async () => {
    const running = TaskGroup.run(
      async (_group, signal) => {
        outer.abort(new Error('the client has left'));
        await work('body', 10_000, signal);
      },
      { signal: outer.signal },
    );
    await outcomeOf(running);
  });

  expect(
    byTheBody,
    'The outer signal was aborted while run called the body, before its first `await`',
  ).toTakeVirtually(0);
});

// asyncio: test_taskgroup_18, and taskgroups.py, "errors ... have priority". Kotlin: CoroutineScopeTest,
// testCoroutineScopeCancellationVsException.
test('failures count for more than an outer abort', async () => {
  const { TaskGroup } = await load();
  const outer = new AbortController();

  const run = await observe(async () => {
    const running = failuresOf(
      TaskGroup.run(
        async (group) => {
          void group.spawn(async (signal) => {
            await work('child', 10_000, signal);
            await failAfter('clean-up', 30);
          });
        },
        { signal: outer.signal },
      ),
    );
    await sleep(50);
    outer.abort(new Error('the client has left'));
    return running;
  });

  expect(namesOf(run.value), inTheirOrder).toEqual(['clean-up']);

  // The other way round. One child listens to the outer signal alone: for the group, that is another signal than its own.
  for (const expected of [['fails'], ['fails', 'the client has left']]) {
    const later = new AbortController();
    const { value: failures } = await observe(async () => {
      const running = failuresOf(
        TaskGroup.run(
          async (group) => {
            void group.spawn(() => failAfter('fails', 50));
            void group.spawn(async () => {
              await work('does not listen to the group', 200, later.signal);
              if (expected.length > 1) later.signal.throwIfAborted();
            });
            await group.spawn((signal) => obey('child', 10_000, signal));
          },
          { signal: later.signal },
        ),
      );
      await sleep(100);
      later.abort(new Error('the client has left'));
      return running;
    });

    const happened = 'A child failed, and after that the outer signal was aborted';
    expect(namesOf(failures), `${happened}; ${inTheirOrder}`).toEqual(expected);
  }
});

// Not so in Kotlin, ScopedBuildersCancelledStartTest, testCancelledCoroutineScope, where the block still runs.
test('never calls the body when the outer signal is already aborted', async () => {
  const { TaskGroup } = await load();

  for (const reason of [new Error('the client has left'), null]) {
    let calls = 0;
    await observe(async () => {
      const body = async () => {
        calls += 1;
      };
      const refused = () => TaskGroup.run(body, { signal: AbortSignal.abort(reason) });
      const before = `The outer signal was aborted already, with ${String(reason)}`;
      await expect(refused, before).toRejectWith({ reason });
    });

    expect(calls, 'Calls of the body').toBe(0);
  }
});

// asyncio: taskgroups.py, a cancellation that came while the tasks were awaited is raised though all of them ended well. Not so
// in Trio, test_trivial_yields, where a scope in which nobody was stopped was not cancelled.
test('rejects after an outer abort, even when everybody ended well', async () => {
  const { TaskGroup } = await load();

  // A reason can be any value, as what is thrown can.
  for (const reason of [new Error('the client has left'), null]) {
    const outer = new AbortController();
    await observe(async () => {
      const running = TaskGroup.run(
        async (group) => {
          void group.spawn(() => work('does not listen', 100));
          return 'a value';
        },
        { signal: outer.signal },
      );
      const rejected = expect(running).toRejectWith({ reason });
      await sleep(50);
      outer.abort(reason);
      await rejected;
    });
  }
});

// Ours: a server gives the same signal to thousands of groups.
test('leaves no listener on the outer signal', async () => {
  const { TaskGroup } = await load();
  const { signal } = new AbortController();

  await observe(async () => {
    await TaskGroup.run(async (group) => group.spawn(() => work('child', 10)), { signal });
    await outcomeOf(TaskGroup.run(() => failAfter('fails', 10), { signal }));
    const body = async (group: InstanceType<typeof TaskGroup>) => {
      void group.spawn(() => failAfter('child fails', 10));
    };
    await outcomeOf(TaskGroup.run(body, { signal }));
  });

  expect(signal).toHaveNoListeners();

  const outer = new AbortController();
  await observe(async () => {
    const start = async () =>
      TaskGroup.run((_group, signal) => work('body', 10_000, signal), { signal: outer.signal });
    const running = outcomeOf(start());
    await sleep(50);
    outer.abort();
    await running;
    // Once more, with a signal that is aborted already.
    await outcomeOf(start());
  });

  const threwAtOnce = new AbortController().signal;
  await observe(() =>
    // Async, so that a run that throws at once counts as one that rejects.
    outcomeOf((async () => TaskGroup.run(throwAtOnce, { signal: threwAtOnce }))()),
  );

  const ofTheFailed = new AbortController();
  await observe(async () => {
    const body = async (_group: unknown, signal: AbortSignal) => {
      await work('body', 10_000, signal);
      throw new Error('clean-up');
    };
    const running = outcomeOf(TaskGroup.run(body, { signal: ofTheFailed.signal }));
    await sleep(50);
    ofTheFailed.abort();
    await running;
  });

  expect(outer.signal, 'The outer signal was aborted').toHaveNoListeners();
  expect(threwAtOnce, 'The body threw at once').toHaveNoListeners();
  const failed = 'The outer signal was aborted, and then the body failed';
  expect(ofTheFailed.signal, failed).toHaveNoListeners();
});

// Java: testJoinAfterJoin2, where it is `join` that tells of the callable that threw, not `fork`.
test('a child that throws at once is a failed child, not a spawn that throws', async () => {
  const { TaskGroup } = await load();
  const steps: string[] = [];

  const run = await observe(() =>
    failuresOf(
      TaskGroup.run(async (group) => {
        void group.spawn((signal) => work('sibling', 10_000, signal));
        void group.spawn(async (signal) => {
          await work('spawns', 50, signal);
          try {
            const promise = group.spawn(throwAtOnce);
            steps.push('spawn returned');
            promise.then(
              () => steps.push('its promise resolved'),
              (error: unknown) => steps.push(`its promise rejected: ${namesOf([error]).join('')}`),
            );
          } catch {
            steps.push('spawn threw');
          }
        });
      }),
    ),
  );

  expect(steps, 'What spawn did when its function threw').toEqual([
    'spawn returned',
    'its promise rejected: threw at once',
  ]);
  expect(namesOf(run.value), inTheirOrder).toEqual(['threw at once']);
  expect(run, 'The failure at 50 ms stops the sibling').toTakeVirtually(50);
});

// effection: "rejects parent when child errors", where the child rejects as well. asyncio: a task keeps its own exception.
test('the promise of a child that failed rejects with its error', async () => {
  const { TaskGroup } = await load();
  const failure = new Error('no such user');

  const { value: seen } = await observe(async () => {
    let seen: unknown = 'nothing';
    const running = TaskGroup.run(async (group) => {
      seen = await outcomeOf(group.spawn(() => failAfter('child', 50, failure)));
    });
    await outcomeOf(running);
    return seen;
  });

  expect(seen, 'What the body got from the promise of spawn').toBe(failure);

  const stopped = new DOMException('stopped', 'AbortError');
  const { value: others } = await observe(async () => {
    let others: unknown = 'nothing';
    const running = TaskGroup.run(async (group, signal) => {
      // Both are told to stop at 50 ms. One rejects then, the other goes on to its end.
      const obeys = group.spawn(async (signal) => {
        await work('obeys', 10_000, signal);
        throw Object.defineProperty(stopped, 'cause', { value: signal.reason });
      });
      const goesOn = group.spawn(async () => {
        await work('goes on', 100);
      });
      void group.spawn(() => failAfter('fails', 50));
      await work('body', 10_000, signal);
      others = await Promise.all([outcomeOf(obeys), goesOn.then(() => 'resolved', String)]);
    });
    await outcomeOf(running);
    return others;
  });
  const [ofTheOneThatObeyed, ofTheOneThatWentOn] = Array.isArray(others)
    ? others
    : [others, others];

  expect(
    ofTheOneThatObeyed,
    'A child was told to stop and threw an AbortError; its promise gave',
  ).toBe(stopped);
  expect(ofTheOneThatWentOn, 'A child was told to stop and ended well; its promise').toBe(
    'resolved',
  );
});

// effection: "raises an uncatchable error if a spawned child fails".
test('the body cannot catch the failure of a child away', async () => {
  const { TaskGroup } = await load();

  const { value: failures } = await observe(() =>
    failuresOf(
      TaskGroup.run(async (group) => {
        try {
          await group.spawn(() => failAfter('child', 50));
        } catch {
          // Swallowed: its siblings were cancelled all the same, so somebody must be told.
        }
      }),
    ),
  );

  expect(namesOf(failures), inTheirOrder).toEqual(['child']);
});

// Ours: JavaScript can throw anything, and `if (error)` overlooks half of it.
test('a child that throws undefined has failed', async () => {
  const { TaskGroup } = await load();

  for (const empty of [undefined, null]) {
    const run = await observe(() =>
      failuresOf(
        TaskGroup.run(async (group) => {
          void group.spawn((signal) => work('sibling', 10_000, signal));
          void group.spawn(() => throwEmpty(empty));
        }),
      ),
    );

    expect(namesOf(run.value), inTheirOrder).toEqual([String(empty)]);
    expect(run).toTakeVirtually(50);

    const { value: failures } = await observe(() =>
      failuresOf(TaskGroup.run(() => throwEmpty(empty))),
    );
    const threw = `The body threw ${empty}; ${inTheirOrder}`;
    expect(namesOf(failures), threw).toEqual([String(empty)]);
    expect(failures[0], `The body threw ${empty}, but the list has another value`).toBe(empty);
  }

  const { value: cleanUps } = await observe(() =>
    failuresOf(
      TaskGroup.run(async (group) => {
        void group.spawn((signal) => work('sibling', 10_000, signal).then(() => throwEmpty(null)));
        void group.spawn((signal) =>
          work('sibling', 10_000, signal).then(() => throwEmpty(undefined)),
        );
        void group.spawn(() => failAfter('fails', 10));
      }),
    ),
  );

  const threw = 'One clean-up threw null, another undefined';
  expect(namesOf(cleanUps), `${threw}; ${inTheirOrder}`).toEqual(['fails', 'null', 'undefined']);
});

// asyncio: test_nested_groups_both_cancelled.
test('a group that fails leaves another group alone', async () => {
  const { TaskGroup } = await load();

  let settledAt = -1;

  const run = await observe(async (clock) => {
    const other = TaskGroup.run(async (group) => {
      await work('other group', 100);
      // The first group has ended, this one has not.
      void group.spawn((signal) => work('its child', 100, signal));
    }).then(() => 'resolved', String);
    await outcomeOf(TaskGroup.run(() => failAfter('fails', 50)));
    settledAt = clock.now;
    return other;
  });

  expect(settledAt, 'A group failed at 50 ms, another ran on; the first settled at').toBe(50);

  expect(run.value, 'The group in which nobody failed').toBe('resolved');
  expect(run).toTakeVirtually(200);

  // A group inside another, which gave it no signal.
  const nested = await observe(async () => {
    let within: Promise<unknown> = Promise.resolve('never started');
    await outcomeOf(
      TaskGroup.run(async (group) => {
        void group.spawn(() => failAfter('outside', 50));
        const inner = TaskGroup.run((_group, signal) => obey('within', 100, signal));
        within = inner.then(() => 'resolved', String);
      }),
    );
    return within;
  });

  expect(nested.value, 'A group around it failed; the group within').toBe('resolved');

  // The same error in two groups; the body of the group around them has caught it.
  const failure = new Error('no such user');
  const failures: unknown[] = [];
  const around = await observe(() =>
    TaskGroup.run(async () => {
      const within = (group: InstanceType<typeof TaskGroup>, signal: AbortSignal) => {
        void group.spawn(() => failAfter('child', 50, failure));
        return obey('body', 1000, signal);
      };
      failures.push(...(await failuresOf(TaskGroup.run(within))));
      failures.push(...(await failuresOf(TaskGroup.run(within))));
    }).then(() => 'resolved', String),
  );

  expect(namesOf(failures), 'Two groups failed with the same error, one after the other').toEqual([
    'no such user',
    'no such user',
  ]);
  expect(around.value, 'Two groups within it failed; the group itself').toBe('resolved');
});

// Ours: in Node a rejection that nobody handles ends the process, though it is handled a moment later.
test('leaves no rejection unhandled when nobody awaits spawn', async () => {
  const { TaskGroup } = await load();

  // First the spawn that nobody thinks of. The red message shows the reason, so it says whose rejection it is.
  const outer = new AbortController();
  await observe(async () => {
    const running = TaskGroup.run(
      async (group, signal) => {
        await work('body', 10_000, signal);
        void group.spawn(() => 'too late');
      },
      { signal: outer.signal },
    );
    await sleep(50);
    outer.abort(new Error('the reason of an abort, after which spawn refused'));
    await outcomeOf(running);
  });

  await observe(async () => {
    const running = TaskGroup.run(async (group, signal) => {
      void group.spawn(() => failAfter('first', 50));
      void group.spawn((signal) => obey('cancelled', 10_000, signal));
      void group.spawn(async (signal) => {
        await work('sibling', 10_000, signal);
        void group.spawn(() => 'too late');
      });
      await work('body', 10_000, signal);
      await work('body cleans up', 100);
    });
    await outcomeOf(running);
    await outcomeOf(TaskGroup.run(async (group) => void group.spawn(throwAtOnce)));
    const ended: InstanceType<typeof TaskGroup>[] = [];
    await outcomeOf(TaskGroup.run(async (group) => void ended.push(group)));
    await outcomeOf((async () => void ended[0]?.spawn(() => 'after the end'))());
  });
});

/**
 * Runs `steps` in virtual time, and tells what they came to, after how long, and who was still at work at that moment. Then it lets
 * those end as well: what one test leaves running must not disturb the next.
 */
async function observe<T>(steps: (clock: VirtualClock) => Promise<T>) {
  const { value: observed } = await inVirtualTime(async (clock) => {
    try {
      const value = await steps(clock);
      return { value, virtualMs: clock.now, leftRunning: atWork() };
    } finally {
      while (atWork().length > 0) await sleep(1000);
    }
  });
  return observed;
}

/** Who works at this moment: each `work` has a bar in the timeline. */
function atWork(): string[] {
  const open = currentTrace().spans.filter(({ outcome }) => outcome === 'open');
  return open.map(({ label }) => label);
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
async function failAfter(name: string, ms: number, error = new Error(name)): Promise<never> {
  const bar = currentTrace().begin(name, 'task');
  await sleep(ms);
  bar.end('failed');
  throw error;
}

/** Throws before it gives a promise. */
function throwAtOnce(): Promise<never> {
  throw new Error('threw at once');
}

/** Works for 50 ms, and throws what `if (error)` overlooks. */
async function throwEmpty(empty: undefined | null): Promise<never> {
  await work(`throws ${empty}`, 50);
  // oxlint-disable-next-line no-throw-literal, typescript/only-throw-error
  throw empty;
}

/** What `promise` comes to: its value or its error. */
function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => error);
}

/** Calls `spawn`, and says whether it was accepted, or refused by a throw or a rejection. */
async function answerOf(spawn: () => Promise<unknown>): Promise<'accepted' | 'refused'> {
  try {
    await spawn();
    return 'accepted';
  } catch {
    return 'refused';
  }
}

/** The failures that `running` told of. A bare error counts as the only one: one test alone is about that. */
async function failuresOf(running: Promise<unknown>): Promise<readonly unknown[]> {
  let value: unknown;
  try {
    value = await running;
  } catch (reason) {
    return reason instanceof AggregateError ? Array.from(reason.errors) : [reason];
  }
  return expect.fail(`Somebody in the group failed, but run resolved, with ${String(value)}.`);
}

/** In this spec the message of an error names who failed. Texts only: an object could claim to be equal to anything. */
function namesOf(failures: readonly unknown[]): string[] {
  return failures.map((failure) => String(failure instanceof Error ? failure.message : failure));
}
