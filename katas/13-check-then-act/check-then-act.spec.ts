import { AssertionError } from 'node:assert';
import { inspect } from 'node:util';
import {
  eachAbortPoint,
  eachInterleaving,
  expect,
  gate,
  inVirtualTime,
  kata,
  microtasks,
  random,
  settled,
  test,
  turns,
  watchAsyncWork,
} from '#harness';
import type { SeatStore } from './check-then-act.ts';

const load = kata(() => import('./check-then-act.ts'));
const customers = ['ada', 'ben', 'cy'];

test('one seat is sold once, in whatever order the store answers', async () => {
  const { reserveSeat } = await load();
  const seat = random().nonce();

  await eachInterleaving(async ({ pause, tell }) => {
    const hall = new Hall({ pause, tell });
    const come = async (customer: string) => {
      // Two in the same moment, the third whenever it likes.
      if (customer === 'cy') await pause();
      return reserveSeat(hall.store, seat, customer);
    };
    const answers = await Promise.all(customers.map(come));

    if (hall.sales.length !== 1) {
      expect.fail(
        `Seat ${seat} was sold ${hall.sales.length} times: ${hall.sales.join(', then ')}.`,
      );
    }
    expect(answers, 'What the customers were told').toEqual(
      customers.map((name) => name === hall.sales[0]),
    );
  });

  await inVirtualTime(async () => {
    // One comes when the error is told, while the next one is being served.
    const hall = new Hall({ pause: () => aWhile() });
    const broken = new Error('The store broke in owner.');
    hall.failures.push({ call: 'owner', error: broken });
    const ada = reserveSeat(hall.store, '12A', 'ada');
    const ben = reserveSeat(hall.store, '12A', 'ben');
    const cy = ada.catch(() => reserveSeat(hall.store, '12A', 'cy'));
    await Promise.allSettled([ben, cy]);

    if (hall.sales.length <= 1) return;
    expect.fail(
      `The store failed ada. Ben waited, and cy came just then. Seat 12A was sold ${hall.sales.length} times: ${hall.sales.join(', then ')}.`,
    );
  });

  await inVirtualTime(async () => {
    // What is sold meanwhile must not make the hall forget who is being served.
    const door = gate();
    const seats = manySeats();
    const hall = new Hall({ pause: (place) => (place === 'quick' ? undefined : door.wait()) });
    const first = seats.map((place) => reserveSeat(hall.store, place, 'ada'));
    const quick = reserveSeat(hall.store, 'quick', 'ada');
    await aWhile();
    const second = seats.map((place) => reserveSeat(hall.store, place, 'ben'));
    door.open();
    await Promise.allSettled([...first, quick, ...second]);

    const sold = hall.sales.length - 1;
    if (sold <= seats.length) return;
    expect.fail(
      `Two customers came for each of ${seats.length} seats. While the first ones were being served, another seat was sold. The ${seats.length} seats were sold ${sold} times.`,
    );
  });
});

timed('a seat that has an owner is not sold, also not to that owner', async () => {
  const { reserveSeat } = await load();
  const hall = new Hall();
  hall.owners.set('12A', 'ada');

  expect(
    await reserveSeat(hall.store, '12A', 'ben'),
    "Seat 12A is ada's, and ben asked for it",
  ).toBe(false);
  expect(
    await reserveSeat(hall.store, '12A', 'ada'),
    "Seat 12A is ada's, and ada asked again",
  ).toBe(false);
  // Only null means free.
  hall.owners.set('12B', '');
  expect(
    await reserveSeat(hall.store, '12B', 'ben'),
    "Seat 12B belongs to a customer whose name is '', and ben asked for it",
  ).toBe(false);
  expect(hall.sales, 'The sales of seats that had an owner').toEqual([]);
});

timed('the store decides: a seat that was given back is sold again', async () => {
  const { reserveSeat } = await load();
  const hall = new Hall();

  const first = await reserveSeat(hall.store, '12A', 'ada');
  hall.owners.delete('12A');
  const second = await reserveSeat(hall.store, '12A', 'ben');

  expect([first, second], 'ada bought and gave back, then ben asked').toEqual([true, true]);
  expect(hall.owners.get('12A'), 'The owner of the seat').toBe('ben');

  const refused = await reserveSeat(hall.store, '12A', 'cy');
  hall.owners.delete('12A');
  const again = await reserveSeat(hall.store, '12A', 'cy');
  expect([refused, again], 'cy was refused, ben gave back, then cy asked again').toEqual([
    false,
    true,
  ]);
});

timed('one seat does not wait for another', async () => {
  const { reserveSeat } = await load();
  const door = gate();
  const slowSeats = ['1', '12A'];
  const hall = new Hall({
    pause: (seat) => (slowSeats.includes(seat) ? door.wait() : undefined),
  });

  const slow = slowSeats.map((seat) => reserveSeat(hall.store, seat, 'ada'));
  for (const seat of ['2', '12a', '', 'constructor', '__proto__']) {
    const quick = reserveSeat(hall.store, seat, 'ben');
    await stands(
      quick,
      'fulfilled',
      `While the store thinks about the seats 1 and 12A, the sale of seat ${inspect(seat)}`,
    );
  }
  door.open();
  await stands(Promise.all(slow), 'fulfilled', 'When the store has answered, the sale of seat 1');

  // The store answers nobody: each seat has its own customer.
  const seats = manySeats();
  const asked = new Set<string>();
  const closed = gate();
  const full = new Hall({
    pause: (seat) => {
      asked.add(seat);
      return closed.wait();
    },
  });
  const sales = Promise.all(seats.map((seat) => reserveSeat(full.store, seat, 'ada')));
  await aWhile();
  expect(
    asked.size,
    `${seats.length} customers came for ${seats.length} seats. The seats that the store was asked about`,
  ).toBe(seats.length);
  closed.open();
  await sales;
});

timed('one hall does not wait for another', async () => {
  const { reserveSeat } = await load();
  const door = gate();
  const busy = new Hall({ pause: () => door.wait() });

  const slow = reserveSeat(busy.store, '12A', 'ada');
  const quick = reserveSeat(new Hall().store, '12A', 'ben');

  await stands(quick, 'fulfilled', 'While the store of another hall thinks, the sale of seat 12A');
  door.open();
  await stands(slow, 'fulfilled', 'When its store has answered, the sale in the other hall');
});

timed('an error of the store reaches its customer, and the next one can buy', async () => {
  const { reserveSeat } = await load();

  const failures = (['owner', 'assign'] as const).flatMap((call) => [
    { call, error: new Error(`The store broke in ${call}.`) },
    { call, error: undefined },
  ]);
  for (const { call, error: broken } of failures) {
    const hall = new Hall();
    hall.failures.push({ call, error: broken });
    const first = reserveSeat(hall.store, '12A', 'ada');
    const second = reserveSeat(hall.store, '12A', 'ben');
    const both = Promise.allSettled([first, second]);

    await stands(both, 'fulfilled', `After an error in ${call}, the sale to one of two customers`);
    await stands(
      first,
      'rejected',
      `The store rejected with ${String(broken)} in ${call}. The sale to that customer`,
    );
    await expect(first).toRejectWith(broken);
    await stands(second, 'fulfilled', `After an error in ${call}, the sale to the next customer`);
    expect(await second, 'What ben was told').toBe(true);
  }
});

test('a mutex runs one function at a time, whoever comes when', async () => {
  const { Mutex } = await load();

  await eachInterleaving(async ({ pause, tell }) => {
    const mutex = new Mutex();
    let inside = 0;
    const visit = async (name: string) => {
      inside += 1;
      tell(`${name} begins, and is one of ${inside} inside`);
      const together = inside;
      await pause();
      inside -= 1;
      tell(`${name} ends`);
      return Math.max(together, inside + 1);
    };
    const come = async (name: string) => {
      if (name === 'cy') await pause();
      const first = await mutex.runExclusive(() => visit(name));
      const second = await mutex.runExclusive(() => visit(name));
      return Math.max(first, second);
    };

    const seen = await Promise.all(customers.map(come));

    const most = Math.max(...seen);
    if (most > 1) expect.fail(`${most} functions were inside the mutex at the same time.`);
  });

  await inVirtualTime(async () => {
    const mutex = new Mutex();
    const door = gate();
    const called = Promise.withResolvers<void>();
    const outer = mutex.runExclusive(async () => {
      mutex.runExclusive(() => called.resolve()).catch(called.reject);
      await door.wait();
    });
    const inner = called.promise;

    await stands(inner, 'pending', 'While a function runs, another one that it gave to its mutex');
    door.open();
    await stands(inner, 'fulfilled', 'When the mutex is free, the function from inside');
    await outer;
  });
});

timed('a function that fails, fails its caller, and the next one runs', async () => {
  const { Mutex } = await load();
  const mutex = new Mutex();
  const rejection = new Error('It rejected.');
  const thrown = new Error('It threw at once.');

  let calls = 0;
  const first = mutex.runExclusive(() => {
    calls += 1;
    return Promise.reject(rejection);
  });
  const second = mutex.runExclusive(() => {
    throw thrown;
  });
  const nothing: unknown = undefined;
  const thrownNothing = mutex.runExclusive(() => {
    throw nothing;
  });
  const rejectedNothing = mutex.runExclusive(async () => {
    throw nothing;
  });
  const aborted = new DOMException('What it waited for was aborted.', 'AbortError');
  const failedByAbort = mutex.runExclusive(() => Promise.reject(aborted));
  const third = mutex.runExclusive(() => 'the third');
  const failing = [first, second, thrownNothing, rejectedNothing, failedByAbort];
  const all = Promise.allSettled([...failing, third]);

  await stands(all, 'fulfilled', 'One of six functions, of which five fail,');
  await expect(first).toRejectWith(rejection);
  expect(calls, 'Calls of a function that failed').toBe(1);
  await expect(second).toRejectWith(thrown);
  await stands(thrownNothing, 'rejected', 'The call whose function throws undefined');
  await expect(thrownNothing).toRejectWith(undefined);
  await stands(rejectedNothing, 'rejected', 'The call whose function rejects with undefined');
  await expect(rejectedNothing).toRejectWith(undefined);
  await expect(failedByAbort).toRejectWith(aborted);
  await stands(third, 'fulfilled', 'The function behind five that failed');
  expect(await third).toBe('the third');

  // The mutex is free now: the function may be called before runExclusive returns.
  const free = noThrow(() =>
    mutex.runExclusive(() => {
      throw thrown;
    }),
  );
  const behind = mutex.runExclusive(() => {});
  const both = Promise.allSettled([free, behind]);
  await stands(both, 'fulfilled', 'One that throws at once on a free mutex, or the one behind it,');
  await expect(free).toRejectWith(thrown);

  for (const value of [0, '', false, null, undefined, new Error('I am a value, no failure.')]) {
    expect(await mutex.runExclusive(() => value), 'The value of a function that succeeded').toBe(
      value,
    );
  }

  // Each call ends with its own function, whatever the others do.
  const door = gate();
  const early = [
    mutex.runExclusive(() => Promise.reject(rejection)),
    mutex.runExclusive(() => 'early'),
  ];
  const slow = mutex.runExclusive(() => door.wait());
  await stands(
    Promise.allSettled(early),
    'fulfilled',
    'Two functions have ended, and the next one still runs. One of the two calls',
  );
  door.open();
  await slow;
});

timed('two mutexes do not wait for each other', async () => {
  const { Mutex } = await load();
  const door = gate();

  const held = new Mutex();
  const slow = held.runExclusive(() => door.wait());
  const waiter = held.runExclusive(() => {});
  const quick = new Mutex().runExclusive(() => {});

  await stands(quick, 'fulfilled', 'While another mutex is held, a function');
  await stands(
    waiter,
    'pending',
    'A function of another mutex has ended. One that waits for its own mutex, which is held,',
  );
  door.open();
  await slow;
  await stands(waiter, 'fulfilled', 'When its own mutex is free, the function');
});

timed('functions run in the order in which they asked, newcomers last', async () => {
  const { Mutex } = await load();
  const names = ['first', 'second', 'third'];

  const { signal } = new AbortController();
  for (let moment = 0; moment <= 41; moment += 1) {
    const mutex = new Mutex();
    const order: string[] = [];
    const door = gate();
    const ask = (name: string) =>
      // A signal that nobody aborts moves nobody.
      mutex.runExclusive(() => void order.push(name), name === 'second' ? { signal } : {});
    const holder = mutex.runExclusive(() => door.wait());
    const waiters = names.map(ask);

    // The second half: the function that holds the mutex fails.
    if (moment <= 20) door.open();
    else door.fail(new Error('The holder failed.'));
    if (moment % 21 > 0) await microtasks(moment % 21);
    const all = Promise.all([holder.catch(() => {}), ...waiters, ask('newcomer')]);

    await stands(all, 'fulfilled', 'One of five functions, which all have nothing to wait for,');
    expect(order).toHappenInOrder([...names, 'newcomer']);
  }

  await orderWhenOneGivesUp(new Mutex());
  await orderFromInside(new Mutex());
  await sameFunctionThrice(new Mutex());

  // On the day of the big concert.
  const mutex = new Mutex();
  const order: number[] = [];
  const crowd = Array.from({ length: 2000 }, (_, index) => index + 1);
  const all = Promise.all(crowd.map((place) => mutex.runExclusive(() => void order.push(place))));

  await stands(
    all,
    'fulfilled',
    'One of 2000 functions that asked in one go, and have nothing to wait for,',
  );
  const wrong = order.findIndex((place, index) => place !== crowd[index]);
  if (wrong >= 0) {
    expect.fail(
      `2000 functions asked one after another. Number ${order[wrong]} ran where it was the turn of number ${crowd[wrong]}.`,
    );
  }
});

test('nobody polls: none of the three sets a timer or an immediate', async () => {
  const { Mutex, reserveSeat, singleFlight } = await load();
  const door = gate<string>();
  const hall = new Hall({ pause: () => door.wait() });
  const mutex = new Mutex();
  const get = singleFlight(() => door.wait());
  const kept = new AbortController();
  const aborted = new AbortController();

  using polls = watchAsyncWork();
  const calls = polls.watch(() => [
    mutex.runExclusive(() => door.wait()),
    mutex.runExclusive(() => {}),
    mutex.runExclusive(() => {}, { signal: kept.signal }),
    mutex.runExclusive(() => {}, { signal: aborted.signal }),
    ...customers.map((customer) => reserveSeat(hall.store, '12A', customer)),
    ...customers.map(() => get('gold')),
  ]);
  const all = Promise.allSettled(calls);
  polls.watch(() => {
    aborted.abort(new Error('The customer went home.'));
  });
  await turns(10);

  const whileWaiting = countPolls(polls.begun);
  door.open('open');
  // Nobody goes on when the test is over, also where it is red.
  await all;
  expect(whileWaiting, 'Timers, immediates and the like that were set while all waited').toBe(0);
  expect(
    countPolls(polls.begun),
    'Timers, immediates and the like that were set when they went on',
  ).toBe(0);
});

timed('an abort while waiting rejects at once, and its function never runs', async () => {
  const { Mutex } = await load();

  // Any value can be a reason.
  for (const reason of [new Error('The customer went home.'), 'It rains.', 0, null]) {
    const mutex = new Mutex();
    const door = gate();
    const controller = new AbortController();
    const calls: string[] = [];
    const ask = () =>
      mutex.runExclusive(() => void calls.push('it'), { signal: controller.signal });

    const holder = mutex.runExclusive(() => door.wait());
    const waiter = ask();
    const patient = mutex.runExclusive(() => {});
    const last = ask();
    const all = Promise.allSettled([holder, waiter, patient, last]);
    controller.abort(reason);

    await stands(
      waiter,
      'rejected',
      `While the mutex is held, the call that was aborted with the reason ${String(reason)}`,
    );
    await stands(last, 'rejected', 'Two calls were aborted while the mutex is held. The second');
    // The locks of Node take a falsy reason for none, and give one of their own.
    if (reason) await expect(waiter).toRejectWith({ reason });
    if (reason) await expect(last).toRejectWith({ reason });
    door.open();
    await stands(holder, 'fulfilled', 'The function that held the mutex');
    expect(calls, 'Calls of the function that was aborted').toEqual([]);
    await all;
  }
});

timed('when a waiter is aborted, the next one still waits for the holder', async () => {
  const { Mutex } = await load();
  const mutex = new Mutex();
  const door = gate();
  const controller = new AbortController();

  const holder = mutex.runExclusive(() => door.wait());
  const first = mutex.runExclusive(() => {});
  // Two that wait with one signal.
  const waiters = [1, 2].map(() => mutex.runExclusive(() => {}, { signal: controller.signal }));
  const next = mutex.runExclusive(() => {});
  const all = Promise.allSettled([holder, ...waiters]);
  controller.abort(new Error('The customer went home.'));

  for (const other of [first, next]) {
    await stands(other, 'pending', 'While the mutex is held, one who was not aborted');
  }
  door.open();
  await stands(first, 'fulfilled', 'The mutex is free. The first, behind whom two gave up,');
  await stands(next, 'fulfilled', 'When the mutex is free, the next in the queue');
  await all;

  // All who waited have given up, and one comes anew.
  const closed = gate();
  const another = new AbortController();
  const second = mutex.runExclusive(() => closed.wait());
  const alone = mutex.runExclusive(() => {}, { signal: another.signal }).catch(() => {});
  another.abort(new Error('The customer went home.'));
  await aWhile();
  const newcomer = mutex.runExclusive(() => {});
  await stands(
    newcomer,
    'pending',
    'The only one who waited gave up, and the mutex is still held. One who came after that',
  );
  closed.open();
  await stands(newcomer, 'fulfilled', 'When the mutex is free, one who came after an abort');
  await Promise.all([second, alone]);
});

timed('an abort in the moment of the hand-off loses no turn', async () => {
  const { Mutex } = await load();

  await eachAbortPoint(async ({ k, signal, reason, arm }) => {
    const mutex = new Mutex();
    const door = gate();
    const holder = mutex.runExclusive(() => door.wait());
    const waiter = noteCall(mutex, signal);
    const next = mutex.runExclusive(() => {});
    const all = Promise.allSettled([holder, waiter.call, next]);

    door.open();
    arm();

    await stands(all, 'fulfilled', 'When the mutex is free, one of those in the queue');
    // Nobody can know yet that the door is open.
    if (k === 0)
      expect(waiter.abortedAtCall, 'Calls of a function whose turn had not come').toEqual([]);
    await obeys(waiter, reason);
  });

  await eachAbortPoint(async ({ signal, reason, arm }) => {
    const mutex = new Mutex();
    const first = noteCall(mutex, signal);
    const next = mutex.runExclusive(() => {});
    const all = Promise.allSettled([first.call, next]);

    arm();

    await stands(all, 'fulfilled', 'The mutex was free. One of two calls');
    await obeys(first, reason);
  });
});

timed('a signal that is aborted already is refused, though the mutex is free', async () => {
  const { Mutex } = await load();
  const mutex = new Mutex();
  const reason = new Error('The customer went home.');
  const calls: string[] = [];

  const refused = () =>
    mutex.runExclusive(() => void calls.push('it'), { signal: AbortSignal.abort(reason) });

  await expect(refused).toRejectWith({ reason });
  expect(calls, 'Calls of the function').toEqual([]);
  const door = gate();
  const holder = mutex.runExclusive(() => door.wait());
  const late = Promise.try(refused);
  const both = Promise.allSettled([holder, late]);
  await stands(
    late,
    'rejected',
    'While the mutex is held, a call whose signal was aborted before it',
  );
  door.open();
  await stands(both, 'fulfilled', 'One of two calls, when the mutex was free again,');
  await expect(late).toRejectWith({ reason });
  expect(calls, 'Calls of the function, when the mutex was free again').toEqual([]);
  await stands(
    mutex.runExclusive(() => {}),
    'fulfilled',
    'The next function',
  );
});

timed('an abort after the start changes nothing: the mutex stays held', async () => {
  const { Mutex } = await load();
  const mutex = new Mutex();
  const door = gate<string>();
  const controller = new AbortController();

  const holder = mutex.runExclusive(() => door.wait(), { signal: controller.signal });
  const next = mutex.runExclusive(() => {});
  await aWhile();
  controller.abort(new Error('Too late.'));

  await stands(
    holder,
    'pending',
    'After an abort that came too late, the call whose function still runs',
  );
  await stands(next, 'pending', 'While the function still runs, the next in the queue');
  door.open('done');
  expect(await holder, 'What the function resolved with').toBe('done');
  await stands(next, 'fulfilled', 'When the mutex is free, the next in the queue');

  const own = new AbortController();
  const self = mutex.runExclusive(
    () => {
      own.abort(new Error('By itself.'));
      return 'done';
    },
    { signal: own.signal },
  );
  await stands(self, 'fulfilled', 'The call whose function aborts its own signal');
  expect(await self, 'What a function that aborts its own signal resolved with').toBe('done');

  const another = new AbortController();
  const failure = new Error('It failed after the abort.');
  const failed = mutex.runExclusive(
    () => {
      another.abort(new Error('Too late.'));
      return Promise.reject(failure);
    },
    { signal: another.signal },
  );
  await expect(failed).toRejectWith(failure);
});

timed('no listener is left on a signal', async () => {
  const { Mutex } = await load();
  const mutex = new Mutex();
  const door = gate();
  const kept = new AbortController();
  const aborted = new AbortController();

  const calls = [
    mutex.runExclusive(() => door.wait(), { signal: kept.signal }),
    mutex.runExclusive(() => {}, { signal: kept.signal }),
    mutex.runExclusive(() => Promise.reject(new Error('It failed.')), { signal: kept.signal }),
    mutex.runExclusive(() => {}, { signal: aborted.signal }),
  ];
  const all = Promise.allSettled(calls);
  aborted.abort(new Error('The customer went home.'));
  door.open();

  await stands(all, 'fulfilled', 'One of four functions in a mutex');
  // What is left on the other one is never called: it was aborted already.
  expect(kept.signal).toHaveNoListeners();

  // Each with a signal of its own, looked at as soon as the call has settled.
  const closed = gate();
  const holder = mutex.runExclusive(() => closed.wait());
  const failure = new Error('It failed.');
  const ends = [
    leavesNothing(mutex, () => 'a value', new AbortController().signal),
    leavesNothing(mutex, () => Promise.reject(failure), new AbortController().signal),
  ];
  closed.open();
  await Promise.all(ends);
  await leavesNothing(mutex, () => 'a value', new AbortController().signal);
  await holder;
});

test('callers of one key share one load, whoever comes when', async () => {
  const { singleFlight } = await load();
  const numbers = random();

  await eachInterleaving(async ({ pause, tell }) => {
    const key = numbers.nonce();
    const values: string[] = [];
    let running = 0;
    let most = 0;
    const get = singleFlight(async () => {
      const value = numbers.nonce();
      values.push(value);
      running += 1;
      most = Math.max(most, running);
      tell(`load ${values.length} begins`);
      await pause();
      running -= 1;
      tell(`a load ends with ${value}`);
      return value;
    });
    let cameLate = false;
    const come = async (name: string) => {
      if (name === 'cy') {
        await pause();
        // The first load has ended. Whether its value is kept is up to the answer.
        cameLate = running === 0;
      }
      tell(`${name} asks`);
      return get(key);
    };

    const given = await Promise.all(customers.map(come));

    if (most !== 1 || values.length > (cameLate ? 2 : 1)) {
      expect.fail(`Three callers asked for one key, and it was loaded ${values.length} times.`);
    }
    const [ofEarly, ofLate] = [values[0], values.at(-1)];
    const expected = customers.map((name) => (name === 'cy' ? ofLate : ofEarly));
    expect(given, 'What the callers were given').toEqual(expected);
  });

  const door = gate();
  let loadsOfGold = 0;
  const get = singleFlight(async (key) => {
    if (key !== 'gold') throw new Error('There is no such metal.');
    loadsOfGold += 1;
    return door.wait();
  });
  const first = get('gold');
  get('no such metal').catch(() => {});
  await turns(3);
  const second = get('gold');
  door.open();
  await Promise.all([first, second]);
  const beside =
    'The load of another key failed while "gold" was being loaded. The loads of "gold"';
  expect(loadsOfGold, beside).toBe(1);

  const { value: loads } = await inVirtualTime(() => loadsAroundAFailure(singleFlight));
  const sentence =
    'One load has failed and one still runs, so a new caller waits for that. The loads';
  expect(loads, sentence).toBeLessThanOrEqual(2);
});

timed('a value comes out as it is, whatever it is', async () => {
  const { singleFlight } = await load();
  const numbers = random();

  const anError = new Error('I am a value, no failure.');
  for (const value of [numbers.nonce(), undefined, null, 0, '', false, NaN, {}, anError]) {
    const key = numbers.nonce();
    const get = singleFlight(async () => value);

    const calls = [get(key), get(key), get(key).then(() => get(key))];
    const outcomes = await Promise.allSettled(calls);

    for (const outcome of outcomes) {
      if (outcome.status === 'fulfilled' && Object.is(outcome.value, value)) continue;
      const what =
        outcome.status === 'fulfilled'
          ? `gave ${inspect(outcome.value)}`
          : `rejected with ${String(outcome.reason)}`;
      expect.fail(
        `The value ${inspect(value)} was loaded, and a call ${what}; it should have given the value itself, no copy.`,
      );
    }
  }
});

timed('a failed load is forgotten before its callers are told', async () => {
  const { singleFlight } = await load();

  for (const failure of [new Error('The price of gold is not known.'), undefined]) {
    const errors: unknown[] = [];
    let loads = 0;
    const get = singleFlight(async () => {
      loads += 1;
      if (loads === 1) throw failure as unknown;
      await microtasks(10);
      return loads;
    });
    const tryTwice = async () => {
      try {
        return await get('gold');
      } catch (error) {
        errors.push(error);
        return get('gold');
      }
    };

    const ada = tryTwice();
    const ben = tryTwice();
    const tries = Promise.allSettled([ada, ben]);

    await stands(tries, 'fulfilled', 'One of two callers, each with two tries,');
    const failed = `The load rejected with ${String(failure)}.`;
    expect(errors.length, `${failed} The callers who were told of it, of two`).toBe(2);
    for (const error of errors) {
      expect(error, `${failed} The error that a caller saw first`).toBe(failure);
    }
    await stands(ada, 'fulfilled', 'The second try, right after a load that failed,');
    await stands(ben, 'fulfilled', 'The second try of another caller');
    expect([await ada, await ben], 'The values of the second load').toEqual([2, 2]);
  }

  const outcomes: unknown[] = [];
  const get = singleFlight(async () => {
    if (outcomes.length < 3) throw new Error('The price of gold is not known.');
    return 'price';
  });
  for (let call = 1; call <= 4; call += 1) {
    outcomes.push(await get('gold').catch(() => `failure ${call}`));
  }
  expect(outcomes, 'Three loads fail, and the fourth does not. What four calls gave').toEqual([
    'failure 1',
    'failure 2',
    'failure 3',
    'price',
  ]);
});

timed('one key does not wait for another', async () => {
  const { singleFlight } = await load();
  const door = gate();
  const get = singleFlight(async (key) => {
    if (key === 'gold') await door.wait();
    return `price of ${key}`;
  });

  const slow = get('gold');
  const quick = get('silver');

  await stands(quick, 'fulfilled', 'While "gold" is being loaded, the call for "silver"');
  door.open();
  expect(await Promise.all([slow, quick])).toEqual(['price of gold', 'price of silver']);

  const closed = gate();
  let begun = 0;
  const getMany = singleFlight(async () => {
    begun += 1;
    await closed.wait();
  });
  const keys = Array.from({ length: 200 }, (_, index) => `metal ${index}`);
  // Two callers for each key, while all loads run.
  const all = Promise.all([...keys, ...keys].map((key) => getMany(key)));
  await aWhile();
  expect(begun, 'Two callers asked for each of 200 keys. The loads that have begun').toBe(200);
  closed.open();
  await all;
});

timed('every string is a key', async () => {
  const { singleFlight } = await load();
  const keys = ['', ' ', 'constructor', '__proto__', 'toString', '1', '01', random().nonce()];
  keys.push('gold', 'Gold', ' gold');
  const loads: string[] = [];
  const get = singleFlight(async (key) => {
    loads.push(key);
    await microtasks(100);
    return `value of ${key}`;
  });

  // Two callers for each, while its load runs.
  const values = await Promise.all([...keys, ...keys].map((key) => get(key)));
  const loaded = [...loads];
  const again = await Promise.all(keys.map((key) => get(key)));

  const expected = keys.map((key) => `value of ${key}`);
  expect(values, 'The values of unusual keys').toEqual([...expected, ...expected]);
  expect(again, 'The values of unusual keys, asked for again').toEqual(expected);
  const sentence =
    'The keys that were loaded, when two callers had asked for each at the same time';
  expect(loaded, sentence).toEqual(keys);
});

timed('two loaders share nothing', async () => {
  const { singleFlight } = await load();

  const price = await singleFlight(async (key) => `price of ${key}`)('gold');
  const weight = await singleFlight(async (key) => `weight of ${key}`)('gold');

  expect([price, weight]).toEqual(['price of gold', 'weight of gold']);

  const together = await Promise.all([
    singleFlight(async (key) => `price of ${key}`)('gold'),
    singleFlight(async (key) => `weight of ${key}`)('gold'),
  ]);
  expect(together, 'What two loaders gave that were asked at the same time').toEqual([
    'price of gold',
    'weight of gold',
  ]);

  let loads = 0;
  const count = async () => {
    loads += 1;
  };
  await singleFlight(count)('gold');
  await singleFlight(count)('gold');
  expect(loads, 'The loads of two functions that were made from one `load`').toBe(2);
});

function manySeats(): string[] {
  return Array.from({ length: 200 }, (_, index) => `${index + 1}`);
}

/** A store that keeps its books: every call waits at `pause`, then takes effect, then answers. */
class Hall {
  /** All that a learner's code can get at. */
  readonly store: SeatStore = {
    owner: (seat) => this.#owner(seat),
    assign: (seat, customer) => this.#assign(seat, customer),
  };

  readonly owners = new Map<string, string>();
  /** Who was assigned a seat, in this order. */
  readonly sales: string[] = [];
  /** Calls that are to fail, each once. */
  readonly failures: { call: 'owner' | 'assign'; error: unknown }[] = [];
  readonly #pause: (seat: string) => unknown;
  readonly #tell: (line: string) => void;

  constructor(options: { pause?: (seat: string) => unknown; tell?: (line: string) => void } = {}) {
    this.#pause = options.pause ?? (() => {});
    this.#tell = options.tell ?? (() => {});
  }

  async #owner(seat: string): Promise<string | null> {
    await this.#pause(seat);
    this.#failIfDue('owner');
    const owner = this.owners.get(seat) ?? null;
    this.#tell(`owner('${seat}') answers ${owner}`);
    return owner;
  }

  async #assign(seat: string, customer: string): Promise<void> {
    await this.#pause(seat);
    this.#failIfDue('assign');
    this.owners.set(seat, customer);
    this.sales.push(customer);
    this.#tell(`assign('${seat}', '${customer}') is done`);
  }

  #failIfDue(call: 'owner' | 'assign'): void {
    const index = this.failures.findIndex((failure) => failure.call === call);
    if (index !== -1) throw this.failures.splice(index, 1)[0]!.error;
  }
}

/** What a call gives. An error that it throws at once is no rejection. */
function noThrow<T>(call: () => Promise<T>): Promise<T> {
  try {
    return call();
  } catch (error) {
    throw new AssertionError({
      message: `The mutex was free, and the function threw at once (${String(error)}). So did runExclusive; it should give a promise that rejects.`,
      stackStartFn: noThrow,
    });
  }
}

/** A test in virtual time, so that an answer which waits by timers is judged like any other. */
function timed(name: string, body: () => Promise<void>): void {
  test(name, () => inVirtualTime(body));
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
  return new Promise((resolve) => {
    setTimeout(resolve, 20);
  });
}

/** What the helpers below need of a mutex. */
interface Runner {
  runExclusive<T>(fn: () => T | Promise<T>, options?: { signal?: AbortSignal }): Promise<T>;
}

/** One call with a signal, and what the signal said when its function was called. */
function noteCall(mutex: Runner, signal: AbortSignal) {
  const abortedAtCall: boolean[] = [];
  const call = mutex.runExclusive(
    () => {
      abortedAtCall.push(signal.aborted);
      return 'done';
    },
    { signal },
  );
  return { call, abortedAtCall };
}

/** Fails unless the call, which has settled, was refused and its function not called, or the abort came too late for it. */
async function obeys(
  { call, abortedAtCall }: ReturnType<typeof noteCall>,
  reason: Error,
): Promise<void> {
  const refused = (await settled(call)) === 'rejected';
  const sentence = `The call ${refused ? 'rejected' : 'resolved all the same'}. Calls of its function`;
  expect(abortedAtCall.length, sentence).toBe(refused ? 0 : 1);
  if (refused) await expect(call).toRejectWith({ reason });
  else expect(await call, 'What a function that was called gave').toBe('done');
}

/** Fails if the signal still has a listener when the call has settled. */
async function leavesNothing(mutex: Runner, fn: () => unknown, signal: AbortSignal): Promise<void> {
  await Promise.try(() => mutex.runExclusive(fn, { signal })).catch(() => {});
  expect(signal).toHaveNoListeners();
}

async function orderWhenOneGivesUp(mutex: Runner): Promise<void> {
  const order: string[] = [];
  const door = gate();
  const controller = new AbortController();
  const holder = mutex.runExclusive(() => door.wait());
  const others = ['first', 'one who gives up', 'second', 'third', 'fourth'].map((name) =>
    mutex.runExclusive(
      () => void order.push(name),
      name === 'one who gives up' ? { signal: controller.signal } : {},
    ),
  );
  const all = Promise.allSettled([holder, ...others]);
  controller.abort(new Error('The customer went home.'));
  door.open();

  await stands(all, 'fulfilled', 'One of six functions, of which one gave up,');
  const told = order.join(', ');
  if (told === 'first, second, third, fourth') return;
  expect.fail(
    `One who stood between the first and the second gave up. The others ran in this order: ${told}.`,
  );
}

async function orderFromInside(mutex: Runner): Promise<void> {
  const order: string[] = [];
  const door = gate();
  const inner: Promise<void>[] = [];
  const holder = mutex.runExclusive(() => door.wait());
  const outer = mutex.runExclusive(() => {
    inner.push(mutex.runExclusive(() => void order.push('the one from inside')));
  });
  const waiter = mutex.runExclusive(() => void order.push('the one who waited'));
  const all = Promise.all([holder, outer, waiter]).then(() => Promise.all(inner));
  door.open();

  await stands(all, 'fulfilled', 'One of four functions, of which one came from inside another,');
  if (order[0] === 'the one who waited') return;
  expect.fail(
    'A function gave another one to its mutex while somebody waited. The one from inside came last, and ran before the one who waited.',
  );
}

async function sameFunctionThrice(mutex: Runner): Promise<void> {
  let runs = 0;
  const fn = (): void => {
    runs += 1;
  };
  const door = gate();
  const holder = mutex.runExclusive(() => door.wait());
  const calls = [1, 2, 3].map(() => mutex.runExclusive(fn));
  const all = Promise.all([holder, ...calls]);
  door.open();

  await stands(
    all,
    'fulfilled',
    'One function was given to the mutex three times. One of the calls',
  );
  expect(runs, 'The runs of a function that was given to the mutex three times').toBe(3);
}

/** How many of these could wake somebody. What waits for no turn of the loop cannot: nobody polls with it. */
function countPolls(begun: readonly string[]): number {
  return begun.filter((type) => type !== 'TickObject' && type !== 'Microtask').length;
}

/** One caller hears of a failure late, after another one has asked anew; then a third one comes. Resolves with the number of loads. */
async function loadsAroundAFailure(
  singleFlight: (load: (key: string) => Promise<string>) => (key: string) => Promise<string>,
): Promise<number> {
  const loads: PromiseWithResolvers<string>[] = [];
  const get = singleFlight(() => {
    const running = Promise.withResolvers<string>();
    loads.push(running);
    return running.promise;
  });
  const ask = () => {
    get('gold').catch(() => {});
  };

  ask();
  await aWhile();
  loads[0]?.reject(new Error('The price of gold is not known.'));
  queueMicrotask(ask);
  ask();
  await aWhile();
  ask();
  await aWhile();
  return loads.length;
}
