import { AssertionError } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  currentTrace,
  eachAbortPoint,
  expect,
  gate,
  inVirtualTime,
  kata,
  random,
  restOfTheTurn,
  test,
} from '#harness';
import type { VirtualClock } from '#harness';

// A test names the library or language from which its behaviour was learnt:
//   Java       StructuredTaskScope: openjdk/jdk, test/jdk/java/util/concurrent/StructuredTaskScope/StructuredTaskScopeTest.java
//   asyncio    TaskGroup: python/cpython, Lib/test/test_asyncio/test_taskgroups.py and Lib/asyncio/taskgroups.py
//   Trio       nurseries: python-trio/trio, src/trio/_core/_tests/test_run.py
//   Swift      `async let`: swift-evolution, SE-0317
// Where they disagree, "not so in" names those that decided otherwise.

const load = kata(() => import('./await-using.ts'));

const told = 'The failures that join told of, in the order in which they happened';
const cameOut = 'The error that came out of the block';
const leftAt = 'The block was left';
const joinedAt = 'join settled';

// Swift: a child that nobody awaits is cancelled at the end of its scope. Not so in asyncio, where `__aexit__` is told of the error,
// and has no need to guess.
test('a block that throws is not held up by its ten-second child', async () => {
  const { TaskGroup } = await load();
  const failure = new Error('the login has expired');

  const run = await observe(() =>
    outcomeOf(async () => {
      await using group = new TaskGroup();
      void group.spawn((signal) => work('ten-second child', 10_000, signal));
      throw failure;
    }),
  );

  expectTime(run, 0, 'The block threw at 0 ms, and its error came out');
  expect(run.value, cameOut).toBe(failure);
  expectNobodyAtWork(run);

  // The abort reaches whoever listens: a helper of the block that has the group's signal, and a child of a group with a parent.
  const signals: AbortSignal[] = [];
  const withParent = await observe(() =>
    outcomeOf(async () => {
      await using group = new TaskGroup({ signal: new AbortController().signal });
      signals.push(group.signal);
      void group.spawn((signal) => work('ten-second child', 10_000, signal));
      throw failure;
    }),
  );
  expectTime(
    withParent,
    0,
    'A group with a parent: the block threw at 0 ms, and its error came out',
  );
  const message =
    "A child still ran when the block was left. Whether the group's signal was aborted";
  expect(signals[0]?.aborted, message).toBe(true);

  const { value: left } = await observe(async () => {
    const block = outcomeOf(async () => {
      await using _group = new TaskGroup();
      throw failure;
    });
    return await Promise.race([block, sleep(1000, 'nothing within a second')]);
  });
  expect(left, 'A block that spawned no child threw. What came out of it').toBe(failure);
});

// Java: testInterruptClose1, "force close to wait".
test('a block is left only when every child has finished its clean-up', async () => {
  const { TaskGroup } = await load();

  const run = await observe(() =>
    outcomeOf(async () => {
      await using group = new TaskGroup();
      void group.spawn((signal) => cleanUpAfter('quick', 200, signal));
      void group.spawn((signal) => cleanUpAfter('slow', 60_000, signal));
      await failAfter('block', 50);
    }),
  );

  expectNobodyAtWork(run);
  expectTime(run, 60_050, leftAt);

  const cancelled = await observe(() =>
    outcomeOf(async () => {
      await using group = new TaskGroup();
      void group.spawn((signal) => cleanUpAfter('cancelled', 200, signal));
      await sleep(50);
      group.cancel();
    }),
  );
  expectNobodyAtWork(cancelled);
  expectTime(cancelled, 250, `The group was cancelled before. ${leftAt}`);

  const failed = await observe(() =>
    outcomeOf(async () => {
      await using group = new TaskGroup();
      void group.spawn((signal) => cleanUpAfter('slow', 60_000, signal));
      void group.spawn(() => failAfter('fails', 50));
      await sleep(100);
    }),
  );
  expectNobodyAtWork(failed);

  const twice = await observe(() =>
    outcomeOf(async () => {
      await using group = new TaskGroup();
      void group.spawn((signal) => cleanUpAfter('child', 200, signal));
      await sleep(50);
      void group[Symbol.asyncDispose]();
    }),
  );
  expectNobodyAtWork(twice);
  expectTime(twice, 250, `The block called dispose, and did not wait for it. ${leftAt}`);
});

// Ours: with `using`, an error of the end comes first, and the block's own stands behind it as `suppressed`.
test("the block's error is not hidden by a clean-up that fails", async () => {
  const { TaskGroup } = await load();
  const failure = new Error('the login has expired');

  const { value: error } = await observe(() =>
    outcomeOf(async () => {
      await using group = new TaskGroup();
      void group.spawn((signal) => cleanUpAndFail('shop', 30, signal));
      await failAfter('block', 50, failure);
    }),
  );
  const { value: later } = await observe(() =>
    outcomeOf(async () => {
      await using group = new TaskGroup();
      void group.spawn(() => failAfter('shop', 30));
      await failAfter('block', 50, failure);
    }),
  );

  const { value: again } = await observe(() =>
    outcomeOf(async () => {
      await using group = new TaskGroup();
      void group.spawn((signal) => cleanUpAndFail('shop', 30, signal));
      await group[Symbol.asyncDispose]();
      throw failure;
    }),
  );

  expect(error, cameOut).toBe(failure);
  expect(later, `A child had failed before the block did. ${cameOut}`).toBe(failure);
  expect(again, `The block called dispose itself, and then threw. ${cameOut}`).toBe(failure);
});

test("the block's error is not hidden by an abort of the parent", async () => {
  const { TaskGroup } = await load();
  const parent = new AbortController();
  const failure = new Error('the login has expired');

  const { value: error } = await observe(() =>
    outcomeOf(async () => {
      await using group = new TaskGroup({ signal: parent.signal });
      void group.spawn((signal) => cleanUpAfter('child', 30, signal));
      await sleep(50);
      parent.abort(new Error('the customer has left'));
      throw failure;
    }),
  );
  const { value: childless } = await observe(() =>
    outcomeOf(async () => {
      await using _group = new TaskGroup({ signal: parent.signal });
      throw failure;
    }),
  );

  expect(error, cameOut).toBe(failure);
  expect(childless, `The parent was aborted, and no child ran. ${cameOut}`).toBe(failure);
});

test('what join throws comes out of the block as it is', async () => {
  const { TaskGroup } = await load();
  const thrownByJoin: unknown[] = [];

  const { value: error } = await observe(() =>
    outcomeOf(async () => {
      await using group = new TaskGroup();
      void group.spawn(() => failAfter('child', 50));
      await group.join().catch((error: unknown) => {
        thrownByJoin.push(error);
        throw error;
      });
    }),
  );

  expect(thrownByJoin, 'Errors that join threw').toHaveLength(1);
  expect(error, cameOut).toBe(thrownByJoin[0]);
});

// Ours: that join was called does not mean that the block has waited for it.
test('a block that gives up waiting for join stops its children', async () => {
  const { TaskGroup } = await load();
  const failure = new Error('took too long');

  const { value: run } = await observe(async (clock) => {
    const joins: Promise<string>[] = [];
    const error = await outcomeOf(async () => {
      await using group = new TaskGroup();
      void group.spawn((signal) => obey('ten-second child', 10_000, signal));
      const joined = group.join();
      joins.push(joined.then(() => 'it resolved', String));
      await Promise.race([joined, failAfter('time limit', 50, failure)]);
    });
    const virtualMs = clock.now;
    const joined = await Promise.race([...joins, sleep(1000, 'nothing within a second')]);
    return { error, virtualMs, joined };
  });
  // Only the block's own end has stopped the child, and that is no failure.
  const { value: again } = await observe(async () => {
    const block = async () => {
      await using group = new TaskGroup();
      void group.spawn((signal) => obey('ten-second child', 10_000, signal));
      return group;
    };
    const group = await block();
    return await group.join().then(() => 'it resolved', String);
  });

  expectTime(run, 50, leftAt);
  expect(run.error, cameOut).toBe(failure);
  expect(run.joined, 'What became of the join that the block gave up').toBe('it resolved');
  expect(again, 'What became of a join after the block').toBe('it resolved');
});

// Not so in Java, testIsCancelledAfterClose. But what a child gave back, such as a response, may still use the signal.
test('after a good join the end of the block changes nothing', async () => {
  const { TaskGroup } = await load();
  const signals: AbortSignal[] = [];

  const run = await observe(async () => {
    await using group = new TaskGroup();
    signals.push(group.signal);
    void group.spawn(async (signal) => {
      await work('child', 100, signal);
      signals.push(signal);
    });
    await group.join();
  });

  expect(signals, 'The signals of the group and of its child').toHaveLength(2);
  if (signals.some((signal) => signal.aborted)) {
    expect.fail('join had resolved, and the end of the block aborted the signal all the same.');
  }
  expectTime(run, 100, leftAt);

  const { value: childless } = await observe(async () => {
    await using group = new TaskGroup();
    // That it ends at all, is the matter of another test.
    await Promise.race([group.join(), sleep(1000)]);
    return group.signal;
  });
  const message =
    'join of a group without children had resolved. Whether the signal was aborted then';
  expect(childless.aborted, message).toBe(false);
});

// Java: testJoinWithNoSubtasks.
test('join ends at once when there are no children', async () => {
  const { TaskGroup } = await load();

  const run = await observe(() => new TaskGroup().join());

  expectTime(run, 0, joinedAt);
});

// Trio: test_basic_interleave. Java: testJoinWithRemainingSubtasks.
test('children run side by side, and join waits for the last of them', async () => {
  const { TaskGroup } = await load();
  const starts: number[] = [];

  const run = await observe(async (clock) => {
    const group = new TaskGroup();
    for (let child = 1; child <= 12; child += 1) {
      void group.spawn((signal) => {
        starts.push(clock.now);
        return work(`child ${child}`, child * 100, signal);
      });
    }
    await group.join();
  });

  const allAtOnce = Array.from({ length: 12 }, () => 0);
  expect(starts, 'Milliseconds at which the twelve children started').toEqual(allAtOnce);
  expectTime(run, 1200, joinedAt);

  const { value: many } = await observe(async (clock) => {
    const group = new TaskGroup();
    for (let child = 1; child <= 200; child += 1) void group.spawn(() => sleep(100));
    const settled: number[] = [];
    for (const join of [group.join(), group.join()]) void join.then(() => settled.push(clock.now));
    await sleep(100_000);
    return settled;
  });
  const message = 'Two hundred children of 100 ms; milliseconds at which two calls of join settled';
  expect(many, message).toEqual([100, 100]);
});

// asyncio: test_taskgroup_24. Not so in Java, testForkConfined, where only the owner may fork.
test('join waits for the children that children spawn', async () => {
  const { TaskGroup } = await load();
  const ended: number[] = [];

  await observe(async (clock) => {
    const group = new TaskGroup();
    const generation = async (left: number, signal: AbortSignal): Promise<void> => {
      await work(`${left} to come`, 100, signal);
      ended.push(clock.now);
      if (left > 0) void group.spawn((signal) => generation(left - 1, signal));
    };
    void group.spawn((signal) => generation(9, signal));
    await group.join();
  });

  const oneAfterAnother = Array.from({ length: 10 }, (_, index) => (index + 1) * 100);
  expect(ended, 'Milliseconds at which each child had ended').toEqual(oneAfterAnother);
});

// asyncio: test_taskgroup_23. A counter that has come to zero may still rise again.
test('join waits for a child that was spawned after the others had ended', async () => {
  const { TaskGroup } = await load();

  const run = await observe(async () => {
    const group = new TaskGroup();
    void group.spawn((signal) => work('first', 10, signal));
    await work('block', 50);
    void group.spawn((signal) => work('second', 100, signal));
    await group.join();
  });

  expectTime(run, 150, joinedAt);
});

test("spawn gives the child's value, of a plain function too", async () => {
  const { TaskGroup } = await load();
  const seeded = random();
  const [first, second] = [seeded.nonce(), seeded.nonce()];

  const { value: values } = await observe(async () => {
    const group = new TaskGroup();
    const plain = group.spawn(() => first);
    const later = group.spawn(async (signal) => {
      await work('child', 10, signal);
      return second;
    });
    await group.join();
    const values: unknown[] = [await plain, await later];
    return values.map(String);
  });

  expect(values, 'The values that the block got from spawn').toEqual([first, second]);

  const { value: empty } = await observe(async () => {
    const group = new TaskGroup();
    const values = [group.spawn(() => 0), group.spawn(async () => ''), group.spawn(() => null)];
    await group.join();
    return JSON.stringify(await Promise.all(values));
  });
  expect(empty, "Three children gave 0, '' and null. What the block got").toBe('[0,"",null]');

  const { value: stopped } = await observe(() =>
    outcomeOf(async () => {
      const group = new TaskGroup();
      const child = group.spawn(async (signal) => {
        await cleanUpAfter('child', 30, signal);
        return 'half a list';
      });
      await sleep(50);
      group.cancel();
      return await child;
    }),
  );
  const message = 'The group was cancelled, and the child ended with a value. What the block got';
  expect(String(stopped), message).toBe('half a list');
});

// asyncio: a task keeps its own exception.
test('the promise of a child that failed rejects with its error', async () => {
  const { TaskGroup } = await load();
  const failure = new Error('the shop is down');

  const { value: seen } = await observe(async () => {
    const group = new TaskGroup();
    const seen = await outcomeOf(() => group.spawn(() => failAfter('child', 50, failure)));
    await outcomeOf(() => group.join());
    return seen;
  });

  expect(seen, 'What the block got from the promise of spawn').toBe(failure);

  const { value: stopped } = await observe(() =>
    outcomeOf(() => {
      const group = new TaskGroup();
      const child = group.spawn((signal) => obey('child', 10_000, signal));
      group.cancel();
      return child;
    }),
  );
  const message =
    'The child stopped with an AbortError. What the block got from the promise of spawn';
  expect(kindOf(stopped), message).toBe('AbortError');
});

// Java: testJoinAfterJoin2, where it is `join` that tells of the callable that threw, not `fork`.
test('a child that throws at once is a failed child, not a spawn that throws', async () => {
  const { TaskGroup } = await load();
  const failure = new Error('threw at once');
  let spawned = 'spawn threw';
  const children: Promise<unknown>[] = [];

  const { value: failures } = await observe(async () => {
    const group = new TaskGroup();
    try {
      const child = group.spawn(() => {
        throw failure;
      });
      children.push(outcomeOf(() => child));
      spawned = 'spawn returned';
    } catch {
      // It is told on the next line.
    }
    expect(spawned, 'What spawn did when its function threw').toBe('spawn returned');
    return await failuresOf(group.join());
  });

  expect(namesOf(failures), told).toEqual(['threw at once']);
  const [seen] = await Promise.all(children);
  expect(seen, 'What the block got from the promise of spawn').toBe(failure);
});

// asyncio: test_cancel_children_on_child_error, where the body too is told at once.
test('a failure stops the siblings at once, before join is called', async () => {
  const { TaskGroup } = await load();
  const stopped: number[] = [];
  const failures: string[] = [];

  await observe(async (clock) => {
    const group = new TaskGroup();
    void group.spawn(async (signal) => {
      await work('sibling', 10_000, signal);
      stopped.push(clock.now);
    });
    void group.spawn((signal) => obey('another sibling', 10_000, signal));
    void group.spawn(() => failAfter('fails', 50));
    await work('block', 300);
    failures.push(...namesOf(await failuresOf(group.join())));
  });

  expect(stopped, 'A child failed at 50 ms; its sibling stopped at').toEqual([50]);
  expect(failures, 'All had ended when join was called; the failures that it told of').toEqual([
    'fails',
  ]);

  const { value: toldAtOnce } = await observe(async () => {
    const group = new TaskGroup();
    const door = gate();
    void group.spawn(() => door.wait());
    await sleep(10);
    door.fail(new Error('fails'));
    await restOfTheTurn();
    const { aborted } = group.signal;
    await outcomeOf(() => group.join());
    return aborted;
  });
  const message =
    "A child failed. Whether the group's signal was aborted in the same turn of the event loop";
  expect(toldAtOnce, message).toBe(true);
});

// Ours: a block that is stopped before it can call join has no other way to learn why.
test("the first failure is the reason of the group's signal", async () => {
  const { TaskGroup } = await load();
  // Any value can be thrown.
  const several = new AggregateError([new Error('an inner group has failed')]);
  const gaveUp = new DOMException('gave up', 'AbortError');
  for (const failure of [new Error('the shop is down'), several, gaveUp, null, undefined]) {
    const { value: reason } = await observe(async () => {
      const group = new TaskGroup();
      void group.spawn(async () => {
        await work('fails', 50);
        throw failure;
      });
      await work('block', 10_000, group.signal);
      const reason: unknown = group.signal.reason;
      await outcomeOf(() => group.join());
      return reason;
    });

    // That a child has failed which throws nothing, is the matter of another test.
    if (reason === undefined && !failure) continue;
    if (reason === failure || (reason instanceof Error && reason.cause === failure)) continue;
    expect.fail(
      `A child threw ${shown(failure)}. The reason of the group's signal was ${shown(reason)}; it should be what the child threw, or an error whose \`cause\` it is.`,
    );
  }
});

// asyncio: test_taskgroup_04. Not so in Java, which gives the first as the cause of an ExecutionException.
test('a single failure comes in an AggregateError too', async () => {
  const { TaskGroup } = await load();
  const failure = new Error('the only failure');

  const { value: reason } = await observe(() =>
    outcomeOf(async () => {
      const group = new TaskGroup();
      void group.spawn(() => failAfter('fails', 50, failure));
      await group.join();
    }),
  );

  const message = 'join should reject with an AggregateError, also for one failure';
  expect(reason, message).toBeInstanceOf(AggregateError);
  expect((reason as AggregateError).errors, 'The `errors` of the AggregateError').toHaveLength(1);
  expect((reason as AggregateError).errors[0], 'Not the error that the child threw').toBe(failure);
});

// Trio: test_two_child_crashes. asyncio: taskgroups.py, `_on_task_done` appends to `_errors` as tasks end.
test('join tells of all failures in the order in which they happened', async () => {
  const { TaskGroup } = await load();

  const { value: failures } = await observe(async () => {
    const group = new TaskGroup();
    void group.spawn((signal) => cleanUpAndFail('third', 60_000, signal));
    void group.spawn((signal) => cleanUpAndFail('second', 40, signal));
    void group.spawn(() => failAfter('first', 10));
    await work('block', 20);
    return [await failuresOf(group.join()), await failuresOf(group.join())];
  });

  const [first = [], again = []] = failures;
  expect(namesOf(first), told).toEqual(['first', 'second', 'third']);
  expect(namesOf(again), `join was called again. ${told}`).toEqual(['first', 'second', 'third']);
});

// Ours: JavaScript can throw anything, and `if (error)` overlooks half of it.
test('a child that throws undefined has failed', async () => {
  const { TaskGroup } = await load();

  // Two throw the same, the second when the group is aborted already: it is listed once, or for each.
  for (const thrown of [undefined, null]) {
    const { value } = await observe(async () => {
      const group = new TaskGroup();
      const throwAfter = async (ms: number): Promise<never> => {
        await work(`throws ${thrown}`, ms);
        // oxlint-disable-next-line no-throw-literal, typescript/only-throw-error
        throw thrown;
      };
      void group.spawn(() => throwAfter(80));
      const seen = await outcomeOf(() => group.spawn(() => throwAfter(50)));
      return { seen, failures: await failuresOf(group.join()) };
    });

    const { seen, failures } = value;
    const names = failures.length === 2 ? [`${thrown}`, `${thrown}`] : [`${thrown}`];
    expect(namesOf(failures), `Two children threw ${thrown}. ${told}`).toEqual(names);
    expect(failures[0], `A child threw ${thrown}. What join told of`).toBe(thrown);
    expect(seen, `A child threw ${thrown}. What the block got from spawn`).toBe(thrown);
  }

  const { value: late } = await observe(async () => {
    const group = new TaskGroup();
    void group.spawn(() => failAfter('first', 50));
    void group.spawn((signal) =>
      cleanUpAndFail('second', 30, signal).catch(() => {
        // oxlint-disable-next-line no-throw-literal, typescript/only-throw-error
        throw undefined;
      }),
    );
    return await failuresOf(group.join());
  });
  expect(namesOf(late), told).toEqual(['first', 'undefined']);
});

// asyncio and Trio list it for each child that fails with it. Both are right here.
test('an error that a child passes on to another keeps its first place', async () => {
  const { TaskGroup } = await load();
  const failure = new Error('the shop is down');

  const { value: failures } = await observe(async () => {
    const group = new TaskGroup();
    const shop = failAfter('shop', 80, failure);
    void group.spawn(() => failAfter('first', 50));
    void group.spawn(() => shop);
    void group.spawn(() => shop);
    // Two errors that look the same are two.
    void group.spawn((signal) => cleanUpAndFail('time limit', 60, signal));
    void group.spawn((signal) => cleanUpAndFail('time limit', 70, signal));
    void group.spawn((signal) => cleanUpAndFail('hears of it late', 80, signal, failure));
    return await failuresOf(group.join());
  });

  const once = ['first', 'the shop is down', 'time limit', 'time limit'];
  const shop = 'the shop is down';
  const each = ['first', shop, shop, 'time limit', 'time limit', shop];
  expect(namesOf(failures), told).toEqual(failures.length === each.length ? each : once);
});

// Trio: test_cancel_scope_exceptiongroup_filtering, which absorbs what its own scope has cancelled. timers/promises, events.once
// and stream.pipeline reject so.
test("an AbortError caused by the group's abort is no failure", async () => {
  const { TaskGroup } = await load();

  const { value: failures } = await observe(async () => {
    const group = new TaskGroup();
    void group.spawn(() => failAfter('fails', 50));
    void group.spawn((signal) => obey('sibling', 10_000, signal));
    void group.spawn(async (signal) => {
      await work('made by hand', 10_000, signal);
      throw new DOMException('made by hand', { name: 'AbortError', cause: signal.reason });
    });
    return await failuresOf(group.join());
  });

  expect(namesOf(failures), told).toEqual(['fails']);

  // A reason can be any value.
  const { value: joined } = await observe(async () => {
    const group = new TaskGroup();
    void group.spawn((signal) => obey('child', 10_000, signal));
    await sleep(50);
    group.cancel(null);
    return await outcomeOf(() => group.join());
  });
  expect(namesIn(joined), `The group was cancelled with null. ${told}`).toEqual([]);
});

// The same, in the words of the web: `fetch` and `signal.throwIfAborted()` reject with the reason itself.
test("the reason of the group's abort itself is no failure", async () => {
  const { TaskGroup } = await load();

  for (const reason of [new Error('found a price elsewhere'), 'a text', null]) {
    const { value: joined } = await observe(async () => {
      const group = new TaskGroup();
      void group.spawn(async (signal) => {
        await work('asks the signal', 10_000, signal);
        signal.throwIfAborted();
      });
      group.cancel(reason);
      return outcomeOf(() => group.join());
    });

    expect(namesIn(joined), `The reason was: ${String(reason)}. ${told}`).toEqual([]);
  }
});

// Not so in asyncio, test_taskgroup_03, where a child that somebody else has cancelled just ends. Here its fetch was given up.
test("a child's own AbortError is a failure", async () => {
  const { TaskGroup } = await load();
  const cause = new Error('the time limit of the clean-up');
  const cutOff = new DOMException('gave up', { name: 'AbortError', cause });

  const { value: failures } = await observe(async () => {
    const group = new TaskGroup();
    void group.spawn(() => failAfter('first', 50));
    void group.spawn((signal) => cleanUpAndFail('clean-up', 30, signal, cutOff));
    return await failuresOf(group.join());
  });

  expect(namesOf(failures), told).toEqual(['first', 'gave up']);

  const plain = new DOMException('gave up without a cause', 'AbortError');
  const { value: only } = await observe(async () => {
    const group = new TaskGroup();
    void group.spawn(() => failAfter('gives up', 50, plain));
    return await failuresOf(group.join());
  });
  expect(namesOf(only), `Nobody had aborted the group. ${told}`).toEqual([plain.message]);

  const { value: several } = await observe(async () => {
    const group = new TaskGroup();
    const first = new Error('first');
    const answer = new DOMException('an answer', { name: 'AbortError', cause: first });
    const onItsWay = new DOMException('passed on', { name: 'AbortError', cause: answer });
    void group.spawn(() => failAfter('first', 50, first));
    void group.spawn((signal) => cleanUpAndFail('no cause', 30, signal, plain));
    void group.spawn((signal) => cleanUpAndFail('a cause of a cause', 40, signal, onItsWay));
    return await failuresOf(group.join());
  });
  expect(namesOf(several), told).toEqual(['first', plain.message, 'passed on']);
});

// Ours: the name of a refusal is the same in every group. Only its cause tells whose it is.
test('a refusal by another group is a failure', async () => {
  const { TaskGroup } = await load();
  const refusal = new Error('refused elsewhere', { cause: new Error('another reason') });
  refusal.name = 'TaskGroupClosedError';

  const { value: failures } = await observe(async () => {
    const group = new TaskGroup();
    void group.spawn(() => failAfter('first', 50));
    void group.spawn((signal) => cleanUpAndFail('second', 30, signal, refusal));
    return await failuresOf(group.join());
  });

  expect(namesOf(failures), told).toEqual(['first', 'refused elsewhere']);
});

test('an error of the clean-up is a failure, though the abort is its cause', async () => {
  const { TaskGroup } = await load();

  const { value: failures } = await observe(async () => {
    const group = new TaskGroup();
    void group.spawn(() => failAfter('first', 50));
    void group.spawn(async (signal) => {
      await work('child', 10_000, signal);
      const stopped = new DOMException('stopped', { name: 'AbortError', cause: signal.reason });
      throw new Error('clean-up', { cause: stopped });
    });
    return await failuresOf(group.join());
  });

  const threw =
    'The clean-up threw an Error whose `cause` is the AbortError with which it was stopped';
  expect(namesOf(failures), `${threw}. ${told}`).toEqual(['first', 'clean-up']);
});

// Java: `cancel` of a joiner ends the subtasks, and `join` goes on to its result, testOnForkCancelsExecution.
test('join waits for the clean-up after cancel, and resolves', async () => {
  const { TaskGroup } = await load();

  const run = await observe(() =>
    outcomeOf(async () => {
      const group = new TaskGroup();
      void group.spawn((signal) => cleanUpAfter('child', 60_000, signal));
      await sleep(50);
      group.cancel();
      await group.join();
      return 'resolved';
    }),
  );

  expect(run.value, 'After cancel, join should resolve; it came to').toBe('resolved');
  expectTime(run, 60_050, joinedAt);

  const parent = new AbortController();
  const reason = new Error('the customer has left');
  const group = new TaskGroup({ signal: parent.signal });
  group.cancel(new Error('found a price elsewhere'));
  parent.abort(reason);
  // Both came: join resolves as after cancel, or rejects as after an abort of the parent.
  const { status } = (await Promise.allSettled([group.join()]))[0];
  if (status === 'fulfilled') return;
  await expect(group.join(), 'After cancel, the parent was aborted too').toRejectWith({ reason });
});

test('cancel gives its reason to the children', async () => {
  const { TaskGroup } = await load();

  // A reason can be any value, as what is thrown can.
  for (const reason of [new Error('found a price elsewhere'), null]) {
    const reasons: unknown[] = [];
    const given: AbortSignal[] = [];
    const { value: told } = await observe(async () => {
      const group = new TaskGroup();
      void group.spawn(async (signal) => {
        given.push(signal);
        await work('child', 10_000, signal);
        reasons.push(signal.reason);
      });
      await sleep(50);
      group.cancel(reason);
      const now = given.map((signal) => signal.aborted);
      await outcomeOf(() => group.join());
      return now;
    });

    expect(told, "Right after cancel. Whether the child's signal was aborted").toEqual([true]);
    expect(reasons, 'One child was running').toHaveLength(1);
    expect(reasons[0], "The reason that the child's signal had").toBe(reason);
  }

  const group = new TaskGroup();
  group.cancel();
  expect(kindOf(group.signal.reason), 'The reason after cancel without one').toBe('AbortError');
});

// asyncio: taskgroups.py, errors "have priority" over a cancellation.
test('a failure after cancel is told by join', async () => {
  const { TaskGroup } = await load();

  const { value: failures } = await observe(async () => {
    const group = new TaskGroup();
    void group.spawn((signal) => cleanUpAndFail('clean-up', 30, signal));
    await sleep(50);
    group.cancel();
    return await failuresOf(group.join());
  });

  expect(namesOf(failures), told).toEqual(['clean-up']);

  const { value: afterTheBlock } = await observe(async () => {
    const group = new TaskGroup({ signal: new AbortController().signal });
    void group.spawn((signal) => cleanUpAndFail('clean-up', 40, signal));
    // In asyncio a task that is cancelled before it has begun is never called.
    await sleep(10);
    await outcomeOf(() => group[Symbol.asyncDispose]());
    return await failuresOf(group.join());
  });
  const message = `A clean-up failed at the end of the block, and then join was called. ${told}`;
  expect(namesOf(afterTheBlock), message).toEqual(['clean-up']);
});

// Trio: `CancelScope.cancel` is idempotent.
test('cancel may be called again, also after the end', async () => {
  const { TaskGroup } = await load();
  const reasons = new Set<unknown>();

  const { value: thrown } = await observe(() =>
    outcomeOf(async () => {
      const group = new TaskGroup();
      for (const reason of ['found a price elsewhere', 'changed my mind']) {
        group.cancel(new Error(reason));
        reasons.add(group.signal.reason);
      }
      await group.join().catch(() => {});
      group.cancel();
      reasons.add(group.signal.reason);
      const parent = new AbortController();
      const stopped = new TaskGroup({ signal: parent.signal });
      parent.abort();
      stopped.cancel();
      await outcomeOf(() => stopped[Symbol.asyncDispose]());
      stopped.cancel();
      return 'nothing';
    }),
  );

  expect(kindOf(thrown), 'What one of several calls of cancel threw').toBe('nothing');
  expect(reasons.size, 'Reasons that the signal had, one after another').toBe(1);
});

// Ours: JavaScript runs a child up to its first await inside `spawn`, when nobody has its promise yet.
test('a cancel by a child before its first await reaches that child too', async () => {
  const { TaskGroup } = await load();

  const run = await observe(async () => {
    const group = new TaskGroup();
    void group.spawn((signal) => {
      group.cancel();
      return work('cancels its group', 10_000, signal);
    });
    await outcomeOf(() => group.join());
  });

  expectTime(run, 0, joinedAt);
});

// asyncio: test_cancellation, which comes out with its own message.
test('after an abort of the parent, join waits and rejects with its reason', async () => {
  const { TaskGroup } = await load();
  const parent = new AbortController();
  const reason = new Error('the customer has left');

  const run = await observe(async () => {
    const block = async () => {
      const group = new TaskGroup({ signal: parent.signal });
      void group.spawn((signal) => cleanUpAfter('child', 60_000, signal));
      void group.spawn((signal) => obey('another child', 10_000, signal));
      await group.join();
    };
    const rejected = block().then(
      () => {},
      (error: unknown) => [error],
    );
    await sleep(50);
    parent.abort(reason);
    return await rejected;
  });

  expectTime(run, 60_050, joinedAt);
  const again = async (): Promise<void> => {
    if (run.value) throw run.value[0];
  };
  await expect(again()).toRejectWith({ reason });
});

test("the children are told the parent's own reason, before join is called", async () => {
  const { TaskGroup } = await load();
  // A reason can be any value.
  for (const reason of [new Error('the customer has left'), null]) {
    const parent = new AbortController();
    const reasons: [number, unknown][] = [];

    await observe(async (clock) => {
      const group = new TaskGroup({ signal: parent.signal });
      void group.spawn(async (signal) => {
        await work('child', 10_000, signal);
        reasons.push([clock.now, signal.reason]);
      });
      await sleep(50);
      parent.abort(reason);
      await work('block', 300);
    });

    const [stoppedAt, given] = reasons[0] ?? [];
    expect(stoppedAt, 'The parent was aborted at 50 ms; the child stopped at').toBe(50);
    expect(given, "The reason that the child's signal had").toBe(reason);

    const late = await outcomeOf(async () => new TaskGroup({ signal: parent.signal }).signal);
    // That it is aborted at all, is the matter of another test.
    if (!(late instanceof AbortSignal) || !late.aborted) return;
    expect(late.reason, "The parent was aborted already; the reason of the group's signal").toBe(
      reason,
    );
  }
});

// asyncio: test_taskgroup_07. The moments between two lines of code are where such an abort is lost.
test('an abort of the parent stops the group, at whatever moment it comes', async () => {
  const { TaskGroup } = await load();

  const run = await observe(() =>
    eachAbortPoint(async ({ signal, reason, arm }) => {
      const block = async () => {
        const group = new TaskGroup({ signal });
        void group.spawn((signal) => work('child', 10_000, signal));
        arm();
        await group.join();
      };
      await expect(block()).toRejectWith({ reason });
    }),
  );

  expect(run.virtualMs, 'The group ran on after the abort, for so many milliseconds').toBe(0);
});

// asyncio: taskgroups.py, a cancellation that came while the tasks were awaited is raised though all of them ended well. Not so in
// Trio, test_trivial_yields, where a scope in which nobody was stopped was not cancelled.
test('join rejects after an abort of the parent, even when all had ended well', async () => {
  const { TaskGroup } = await load();
  for (const reason of [new Error('the customer has left'), null]) {
    const parent = new AbortController();
    await observe(async () => {
      const group = new TaskGroup({ signal: parent.signal });
      void group.spawn(() => work('child', 10));
      await work('block', 50);
      parent.abort(reason);
      await expect(group.join(), `The parent's reason: ${reason}`).toRejectWith({ reason });
      await expect(group.join(), 'join was called again').toRejectWith({ reason });
    });
  }
});

// asyncio: test_taskgroup_18, and taskgroups.py, "errors ... have priority".
test('failures count for more than an abort of the parent', async () => {
  const { TaskGroup } = await load();
  const parent = new AbortController();

  const { value: failures } = await observe(async () => {
    const group = new TaskGroup({ signal: parent.signal });
    void group.spawn((signal) => cleanUpAndFail('clean-up', 30, signal));
    await sleep(50);
    parent.abort(new Error('the customer has left'));
    return await failuresOf(group.join());
  });

  expect(namesOf(failures), told).toEqual(['clean-up']);

  const later = new AbortController();
  const { value: before } = await observe(async () => {
    const group = new TaskGroup({ signal: later.signal });
    void group.spawn(() => failAfter('shop', 10));
    // It comes too late to be the reason of the group's signal: who rejects with it has failed.
    const reason = new Error('the customer has left');
    void group.spawn(() => failAfter('listens to the parent alone', 60, reason));
    await sleep(50);
    later.abort(reason);
    return await failuresOf(group.join());
  });
  const names = ['shop', 'the customer has left'];
  expect(namesOf(before), `The first failure came before the abort. ${told}`).toEqual(names);
});

// Ours: an aborted signal fires no event any more.
test('a group whose parent is already aborted is aborted from the start', async () => {
  const { TaskGroup } = await load();
  const reason = new Error('the customer has left');
  let calls = 0;

  await observe(async () => {
    const group = new TaskGroup({ signal: AbortSignal.abort(reason) });
    const { aborted } = group.signal;
    expect(aborted, "The parent was aborted already; the group's signal was aborted").toBe(true);
    thrownBy(() => group.spawn(() => (calls += 1)));
    await expect(group.join()).toRejectWith({ reason });
  });

  if (calls > 0) expect.fail('The parent was aborted already, and spawn called its function.');
});

// Ours: a server gives one signal to thousands of groups.
test('after join nothing is left on the parent', async () => {
  const { TaskGroup } = await load();
  const { signal } = new AbortController();

  await observe(async () => {
    const group = new TaskGroup({ signal });
    void group.spawn(() => work('child', 10));
    await group.join();
  });
  expect(signal).toHaveNoListeners();

  await observe(async () => {
    const group = new TaskGroup({ signal });
    void group.spawn(() => failAfter('fails', 10));
    await outcomeOf(() => group.join());
  });
  expect(signal, 'A group in which a child failed').toHaveNoListeners();

  const parent = new AbortController();
  await observe(async () => {
    const group = new TaskGroup({ signal: parent.signal });
    void group.spawn((signal) => work('child', 10_000, signal));
    parent.abort();
    await outcomeOf(() => group.join());
  });
  expect(parent.signal, 'A parent that was aborted').toHaveNoListeners();

  await observe(async () => {
    await outcomeOf(async () => {
      const group = new TaskGroup({ signal: parent.signal });
      await Promise.race([group.join(), sleep(10)]);
    });
  });
  expect(parent.signal, 'A parent that was aborted already').toHaveNoListeners();

  await observe(async () => {
    const group = new TaskGroup({ signal });
    void group.spawn((signal) => work('child', 10_000, signal));
    await sleep(10);
    group.cancel();
    await outcomeOf(() => group.join());
  });
  expect(signal, 'A group that was cancelled').toHaveNoListeners();

  // Where it has not ended, a listener may be left: that is the matter of other tests.
  const { value: ended } = await observe(async () => {
    const group = new TaskGroup({ signal });
    let ended = false;
    await sleep(10);
    void outcomeOf(() => group.join()).then(() => (ended = true));
    await sleep(10);
    return ended;
  });
  if (ended) expect(signal, 'A group without a child').toHaveNoListeners();
});

test('after a block that threw nothing is left on the parent', async () => {
  const { TaskGroup } = await load();
  const { signal } = new AbortController();

  await observe(() =>
    outcomeOf(async () => {
      await using group = new TaskGroup({ signal });
      void group.spawn((signal) => work('child', 10_000, signal));
      throw new Error('the login has expired');
    }),
  );
  expect(signal).toHaveNoListeners();

  await observe(() =>
    outcomeOf(async () => {
      await using group = new TaskGroup({ signal });
      void group.spawn(() => failAfter('fails', 10));
      await failAfter('block', 50);
    }),
  );
  expect(signal, 'A group in which a child had failed').toHaveNoListeners();

  // Where it has not ended, a listener may be left: that is the matter of other tests.
  const { value: ended } = await observe(async () => {
    const group = new TaskGroup({ signal });
    let ended = false;
    await sleep(10);
    void outcomeOf(() => group[Symbol.asyncDispose]()).then(() => (ended = true));
    await sleep(10);
    return ended;
  });
  if (ended) expect(signal, 'A group without a child').toHaveNoListeners();
});

// asyncio: test_taskgroup_no_create_task_after_failure. Java: testForkAfterCancel2, "it should not run".
test('after an abort spawn throws at once, and never calls the function', async () => {
  const { TaskGroup } = await load();

  for (const who of ['cancel', 'a child that failed', 'its parent']) {
    const parent = new AbortController();
    const options = who === 'its parent' ? { signal: parent.signal } : {};
    let calls = 0;
    const thrownAtTheAbort: unknown[] = [];

    const { value: thrown } = await observe(async () => {
      const group = new TaskGroup(options);
      group.signal.addEventListener('abort', () => {
        thrownAtTheAbort.push(thrownBy(() => group.spawn(async () => {})));
      });
      void group.spawn((signal) => cleanUpAfter('child', 30, signal));
      if (who === 'a child that failed') void group.spawn(() => failAfter('fails', 10));
      await sleep(50);
      if (who === 'cancel') group.cancel();
      if (who === 'its parent') parent.abort(new Error('the customer has left'));
      const thrown = thrownBy(() => group.spawn(() => (calls += 1)));
      await outcomeOf(() => group.join());
      return thrown;
    });

    const happened = `The group was aborted by ${who}`;
    if (calls > 0) expect.fail(`${happened}, and spawn called its function all the same.`);
    expect(kindOf(thrown), `${happened}. What spawn threw at once`).toBe('TaskGroupClosedError');
    const listener = `${happened}. What spawn threw when a listener of that abort called it`;
    expect(thrownAtTheAbort.map(kindOf), listener).toEqual(['TaskGroupClosedError']);
  }
});

// Ours: the block is stopped by this error. A cause tells more than that it came too late.
test("after an abort the signal's reason is the cause of what spawn throws", async () => {
  const { TaskGroup } = await load();

  const { value } = await observe(async () => {
    const group = new TaskGroup();
    group.cancel(new Error('found a price elsewhere'));
    const refusal = () =>
      outcomeOf(async () => group.spawn(() => {})) as Promise<Error | undefined>;
    const before = await refusal();
    await outcomeOf(() => group.join());
    const after = await refusal();
    const reason: unknown = group.signal.reason;
    return { before: before?.cause, after: after?.cause, reason };
  });

  expect(value.reason, 'The reason of the signal').toBeInstanceOf(Error);
  // An error without a cause will do as well. One with another cause points the wrong way.
  for (const [when, cause] of Object.entries({
    'before join': value.before,
    'after join': value.after,
  })) {
    if (cause === undefined) continue;
    expect(cause, `The \`cause\` of what spawn threw ${when}`).toBe(value.reason);
  }

  // A reason can be any value.
  for (const reason of [new Error('the shop is down'), null]) {
    const signals: AbortSignal[] = [];
    const { value: refused } = await observe(() =>
      outcomeOf(async () => {
        const group = new TaskGroup();
        // oxlint-disable-next-line prefer-promise-reject-errors, typescript/prefer-promise-reject-errors
        await outcomeOf(() => group.spawn(() => Promise.reject(reason)));
        await sleep(10);
        signals.push(group.signal);
        await group.spawn(() => {});
      }),
    );
    const [signal] = signals;
    // That it is aborted, and that spawn refuses, is the matter of other tests.
    if (!signal?.aborted || !(refused instanceof Error) || refused.cause === undefined) continue;
    const message = `A child had failed with ${reason}. The \`cause\` of what spawn threw`;
    expect(refused.cause, message).toBe(signal.reason);
  }
});

// Java: testForkAfterJoinCompleted2.
test('after join spawn throws at once, and never calls the function', async () => {
  const { TaskGroup } = await load();
  let calls = 0;

  const { value: thrown } = await observe(async () => {
    const group = new TaskGroup();
    void group.spawn((signal) => work('child', 10, signal));
    await group.join();
    return thrownBy(() => group.spawn(() => (calls += 1)));
  });
  const { value: childless } = await observe(async () => {
    const group = new TaskGroup();
    if ((await Promise.race([group.join(), sleep(1000, 'open')])) === 'open') return 'open';
    return kindOf(thrownBy(() => group.spawn(() => (calls += 1))));
  });

  if (calls > 0) expect.fail('spawn came too late, and called its function all the same.');
  expect(kindOf(thrown), 'What spawn threw at once').toBe('TaskGroupClosedError');
  // That it ends at all, is the matter of another test.
  if (childless === 'open') return;
  expect(childless, 'After join of a group without children. What spawn threw at once').toBe(
    'TaskGroupClosedError',
  );
});

// Java: testForkAfterClose. asyncio: test_taskgroup_finished. A child that is started then belongs to nobody.
test('after the block spawn throws at once, and never calls the function', async () => {
  const { TaskGroup } = await load();
  let calls = 0;

  const { value: thrown } = await observe(async () => {
    const block = async () => {
      await using group = new TaskGroup();
      await group.spawn((signal) => work('child', 10, signal));
      return group;
    };
    const group = await block();
    return thrownBy(() => group.spawn(() => (calls += 1)));
  });

  if (calls > 0) expect.fail('spawn came too late, and called its function all the same.');
  expect(kindOf(thrown), 'What spawn threw at once').toBe('TaskGroupClosedError');
});

// asyncio: test_taskgroup_13. Here one of them even tries to go on.
test('an inner group that is cancelled by the outer one has not failed', async () => {
  const { TaskGroup } = await load();
  let refusal: unknown = 'nothing';

  const run = await observe(() =>
    outcomeOf(async () => {
      const outer = new TaskGroup();
      void outer.spawn(async (signal) => {
        const inner = new TaskGroup({ signal });
        void inner.spawn((signal) => cleanUpAfter('inner child', 50, signal));
        await inner.join();
      });
      void outer.spawn(async (signal) => {
        const inner = new TaskGroup({ signal });
        await work('comes too late', 10_000, signal);
        refusal = thrownBy(() => inner.spawn(() => {}));
        throw refusal;
      });
      void outer.spawn(async (signal) => {
        const inner = new TaskGroup({ signal });
        void inner.spawn((signal) => cleanUpAfter('inner child too', 20, signal));
        await work('comes too late as well', 10_000, signal);
        thrownBy(() => inner.spawn(() => {}));
        await inner.join();
      });
      await sleep(50);
      outer.cancel();
      await outer.join();
    }),
  );

  // Who passes on a refusal was cancelled, or has failed with it.
  const failures = run.value instanceof AggregateError ? Array.from(run.value.errors) : [];
  if (failures.length !== 1 || failures[0] !== refusal) {
    expect(namesIn(run.value), 'The failures that the outer join told of').toEqual([]);
  }
  expectTime(run, 100, joinedAt);
});

// asyncio: test_taskgroup_14, where exception groups stand inside each other as well.
test('an inner group that fails is one failure of the outer group', async () => {
  const { TaskGroup } = await load();

  const { value: failures } = await observe(async () => {
    const outer = new TaskGroup();
    void outer.spawn(async (signal) => {
      const inner = new TaskGroup({ signal });
      void inner.spawn(() => failAfter('inner 1', 50));
      void inner.spawn((signal) => cleanUpAndFail('inner 2', 30, signal));
      await inner.join();
    });
    void outer.spawn((signal) => cleanUpAndFail('outer', 30, signal));
    return await failuresOf(outer.join());
  });

  expect(failures.length, 'Two children of the outer group failed; its join told of').toBe(2);
  expect(namesIn(failures[0]), 'The failures in the first one').toEqual(['inner 1', 'inner 2']);

  const thrownByInner: unknown[] = [];
  const { value: only } = await observe(async () => {
    const outer = new TaskGroup();
    void outer.spawn(async (signal) => {
      const inner = new TaskGroup({ signal });
      void inner.spawn(() => failAfter('inner 1', 50));
      void inner.spawn((signal) => cleanUpAndFail('inner 2', 30, signal));
      await inner.join().catch((error: unknown) => {
        thrownByInner.push(error);
        throw error;
      });
    });
    return await failuresOf(outer.join());
  });

  expect(only.length, 'The inner group was all that failed; the outer join told of').toBe(1);
  const [thrown] = thrownByInner;
  expect(only[0], 'The inner join threw an error; what the outer join told of').toBe(thrown);
});

test('a group that fails leaves another group alone', async () => {
  const { TaskGroup } = await load();

  const parent = new AbortController();
  for (const options of [{}, { signal: parent.signal }]) {
    const { value: other } = await observe(async () => {
      const other = outcomeOf(async () => {
        const group = new TaskGroup(options);
        void group.spawn((signal) => work('other group', 100, signal));
        await group.join();
        return `aborted: ${group.signal.aborted}`;
      });
      const group = new TaskGroup(options);
      void group.spawn(() => failAfter('fails', 50));
      await failuresOf(group.join());
      return await other;
    });

    const whose = 'signal' in options ? 'Two groups of one parent' : 'Two groups without a parent';
    expect(other, `${whose}. The one in which nobody failed`).toBe('aborted: false');
  }
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

/** Fails unless `what` happened exactly `ms` after the start. */
function expectTime(run: { virtualMs: number }, ms: number, what: string): void {
  if (run.virtualMs === ms) return;
  const message = `${what} after ${run.virtualMs} ms; it should have been after ${ms} ms.`;
  throw new AssertionError({ message, stackStartFn: expectTime });
}

/** Fails when a child was still at work at the moment when the block had been left. */
function expectNobodyAtWork(run: { leftRunning: readonly string[] }): void {
  if (run.leftRunning.length === 0) return;
  const message = `The block had been left, and this child still ran: ${run.leftRunning.join(', ')}.`;
  throw new AssertionError({ message, stackStartFn: expectNobodyAtWork });
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

/** Works for ten seconds. Told to stop, it cleans up for `ms`, and nobody can stop that. */
async function cleanUpAfter(name: string, ms: number, signal: AbortSignal): Promise<void> {
  await work(name, 10_000, signal);
  await work(`${name} cleans up`, ms);
}

/** The same, with a clean-up that fails. */
async function cleanUpAndFail(
  name: string,
  ms: number,
  signal: AbortSignal,
  error?: Error,
): Promise<never> {
  await work(name, 10_000, signal);
  return failAfter(name, ms, error);
}

/** Works for `ms` and fails then, whoever tells it to stop. */
async function failAfter(name: string, ms: number, error = new Error(name)): Promise<never> {
  const bar = currentTrace().begin(name, 'task');
  await sleep(ms);
  bar.end('failed');
  throw error;
}

/** What `block` comes to: its value or its error. */
async function outcomeOf(block: () => Promise<unknown>): Promise<unknown> {
  return block().catch((error: unknown) => error);
}

/** What `spawn` throws before it returns. A promise that comes back is nobody's: its rejection must not disturb another test. */
function thrownBy(spawn: () => Promise<unknown>): unknown {
  try {
    Promise.resolve(spawn()).catch(() => {});
  } catch (error) {
    return error;
  }
  return 'nothing';
}

/** The failures that `join` told of. A bare error counts as the only one: one test alone is about that. */
async function failuresOf(join: Promise<void>): Promise<readonly unknown[]> {
  try {
    await join;
  } catch (reason) {
    return reason instanceof AggregateError ? Array.from(reason.errors) : [reason];
  }
  return expect.fail('A child of the group failed, but join resolved as if nothing had happened.');
}

/** In this spec the message of an error names who failed. Texts only: an object could claim to be equal to anything. */
function namesOf(failures: readonly unknown[]): string[] {
  return failures.map((failure) => String(failure instanceof Error ? failure.message : failure));
}

/** The same, of the failures inside an AggregateError; of anything else, none. */
function namesIn(error: unknown): string[] {
  return error instanceof AggregateError ? namesOf(error.errors) : [];
}

/** An error by its name and message; anything else as text. */
function shown(value: unknown): string {
  return value instanceof Error ? `${value.name}: ${value.message}` : String(value);
}

/** The name of an error; anything else as text. */
function kindOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.name : String(thrown);
}
