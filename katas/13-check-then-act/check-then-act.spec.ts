import { AssertionError } from 'node:assert';
import { AsyncLocalStorage, AsyncResource, createHook } from 'node:async_hooks';
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
});

timed('one seat does not wait for another', async () => {
  const { reserveSeat } = await load();
  const door = gate();
  const hall = new Hall({ pause: (seat) => (seat === '1' ? door.wait() : undefined) });

  const slow = reserveSeat(hall.store, '1', 'ada');
  const quick = reserveSeat(hall.store, '2', 'ben');

  await stands(quick, 'fulfilled', 'While the store thinks about seat 1, the sale of seat 2');
  door.open();
  await stands(slow, 'fulfilled', 'When the store has answered, the sale of seat 1');
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

  for (const call of ['owner', 'assign'] as const) {
    const hall = new Hall();
    const broken = new Error(`The store broke in ${call}.`);
    hall.failures.push({ call, error: broken });
    const first = reserveSeat(hall.store, '12A', 'ada');
    const second = reserveSeat(hall.store, '12A', 'ben');
    const both = Promise.allSettled([first, second]);

    await stands(both, 'fulfilled', `After an error in ${call}, the sale to one of two customers`);
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

  const first = mutex.runExclusive(() => Promise.reject(rejection));
  const second = mutex.runExclusive(() => {
    throw thrown;
  });
  const nothing: unknown = undefined;
  const thrownNothing = mutex.runExclusive(() => {
    throw nothing;
  });
  const third = mutex.runExclusive(() => 'the third');
  const all = Promise.allSettled([first, second, thrownNothing, third]);

  await stands(all, 'fulfilled', 'One of four functions, of which three fail,');
  await expect(first).toRejectWith(rejection);
  await expect(second).toRejectWith(thrown);
  await stands(thrownNothing, 'rejected', 'The call whose function throws undefined');
  await expect(thrownNothing).toRejectWith(undefined);
  await stands(third, 'fulfilled', 'The function behind three that failed');
  expect(await third).toBe('the third');
});

timed('two mutexes do not wait for each other', async () => {
  const { Mutex } = await load();
  const door = gate();

  const slow = new Mutex().runExclusive(() => door.wait());
  const quick = new Mutex().runExclusive(() => {});

  await stands(quick, 'fulfilled', 'While another mutex is held, a function');
  door.open();
  await slow;
});

timed('functions run in the order in which they asked, newcomers last', async () => {
  const { Mutex } = await load();
  const names = ['first', 'second', 'third'];

  for (let moment = 0; moment <= 20; moment += 1) {
    const mutex = new Mutex();
    const order: string[] = [];
    const door = gate();
    const ask = (name: string) => mutex.runExclusive(() => void order.push(name));
    const holder = mutex.runExclusive(() => door.wait());
    const waiters = names.map(ask);

    door.open();
    if (moment > 0) await microtasks(moment);
    const all = Promise.all([holder, ...waiters, ask('newcomer')]);

    await stands(all, 'fulfilled', 'One of five functions, which all have nothing to wait for,');
    expect(order).toHappenInOrder([...names, 'newcomer']);
  }

  // On the day of the big concert.
  const mutex = new Mutex();
  const order: number[] = [];
  const crowd = Array.from({ length: 200 }, (_, index) => index + 1);
  const all = Promise.all(crowd.map((place) => mutex.runExclusive(() => void order.push(place))));

  await stands(all, 'fulfilled', 'One of 200 functions, which all have nothing to wait for,');
  const wrong = order.findIndex((place, index) => place !== crowd[index]);
  if (wrong >= 0) {
    expect.fail(
      `200 functions asked one after another. Number ${order[wrong]} ran where it was the turn of number ${crowd[wrong]}.`,
    );
  }
});

test('nobody polls: none of the three sets a timer or an immediate', async () => {
  const { Mutex, reserveSeat, singleFlight } = await load();
  const door = gate<string>();
  const hall = new Hall({ pause: () => door.wait() });
  const mutex = new Mutex();
  const get = singleFlight(() => door.wait());

  using polls = countPolls();
  const calls = polls.watch(() => [
    mutex.runExclusive(() => door.wait()),
    mutex.runExclusive(() => {}),
    ...customers.map((customer) => reserveSeat(hall.store, '12A', customer)),
    ...customers.map(() => get('gold')),
  ]);
  await turns(10);

  expect(polls.count, 'Timers, immediates and the like that were set while all waited').toBe(0);
  door.open('open');
  await Promise.all(calls);
});

timed('an abort while waiting rejects at once, and its function never runs', async () => {
  const { Mutex } = await load();
  const mutex = new Mutex();
  const door = gate();
  const controller = new AbortController();
  const calls: string[] = [];

  const holder = mutex.runExclusive(() => door.wait());
  const waiter = mutex.runExclusive(() => void calls.push('it'), { signal: controller.signal });
  const reason = new Error('The customer went home.');
  controller.abort(reason);

  await stands(waiter, 'rejected', 'While the mutex is held, the call that was aborted');
  await expect(waiter).toRejectWith({ reason });
  door.open();
  await stands(holder, 'fulfilled', 'The function that held the mutex');
  expect(calls, 'Calls of the function that was aborted').toEqual([]);
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
});

timed('an abort in the moment of the hand-off is obeyed and loses no turn', async () => {
  const { Mutex } = await load();

  await eachAbortPoint(async ({ signal, reason, arm }) => {
    const mutex = new Mutex();
    const door = gate();
    const abortedAtCall: boolean[] = [];
    const holder = mutex.runExclusive(() => door.wait());
    const waiter = mutex.runExclusive(() => void abortedAtCall.push(signal.aborted), { signal });
    const next = mutex.runExclusive(() => {});
    const all = Promise.allSettled([holder, waiter, next]);

    door.open();
    arm();

    await stands(all, 'fulfilled', 'When the mutex is free, one of those in the queue');
    expect(abortedAtCall, 'Calls of the function after its abort').not.toContain(true);
    if (abortedAtCall.length === 0) await expect(waiter).toRejectWith({ reason });
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
  expect(kept.signal).toHaveNoListeners();
  expect(aborted.signal).toHaveNoListeners();
});

test('callers of one key share one load, whoever comes when', async () => {
  const { singleFlight } = await load();
  const numbers = random();

  await eachInterleaving(async ({ pause, tell }) => {
    const key = numbers.nonce();
    const values: string[] = [];
    const get = singleFlight(async () => {
      const value = numbers.nonce();
      values.push(value);
      tell(`load ${values.length} begins`);
      await pause();
      tell(`a load ends with ${value}`);
      return value;
    });
    const come = async (name: string) => {
      if (name === 'cy') await pause();
      tell(`${name} asks`);
      return get(key);
    };

    const given = await Promise.all(customers.map(come));

    if (values.length !== 1) {
      expect.fail(`Three callers asked for one key, and it was loaded ${values.length} times.`);
    }
    expect(given, 'What the callers were given').toEqual([...values, ...values, ...values]);
  });

  const { value: loads } = await inVirtualTime(() => loadsAroundAFailure(singleFlight));
  const sentence =
    'One load has failed and one still runs, so a new caller waits for that. The loads';
  expect(loads, sentence).toBeLessThanOrEqual(2);
});

timed('a value that was loaded is kept, also undefined', async () => {
  const { singleFlight } = await load();
  const numbers = random();

  for (const value of [numbers.nonce(), undefined, null, 0, '']) {
    const key = numbers.nonce();
    let loads = 0;
    const get = singleFlight(async () => {
      loads += 1;
      return value;
    });

    const given = [await get(key), await get(key)];
    await aWhile();
    given.push(await get(key));

    expect(given, 'What three calls gave, one after another').toEqual([value, value, value]);
    expect(loads, `The loads for three calls, where the value is ${String(value)}`).toBe(1);
  }

  let loads = 0;
  const get = singleFlight(async (key) => {
    if (key === 'gold') loads += 1;
    if (key === 'no such metal') throw new Error('There is no such metal.');
    return key;
  });
  await get('gold');
  await get('no such metal').catch(() => {});
  await get('gold');
  expect(loads, 'The loads of "gold", asked for again after another key failed').toBe(1);
  for (let other = 0; other < 1000; other += 1) await get(`other ${other}`);
  await get('gold');
  expect(loads, 'The loads of "gold", asked for again after 1000 other keys').toBe(1);
  await aDay();
  await get('gold');
  expect(loads, 'The loads of "gold", asked for again a day later').toBe(1);
});

timed('a failed load is forgotten before its callers are told', async () => {
  const { singleFlight } = await load();
  const failure = new Error('The price of gold is not known.');
  const errors: unknown[] = [];
  let loads = 0;
  const get = singleFlight(async () => {
    loads += 1;
    if (loads === 1) throw failure;
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
  expect(errors[0], 'The error that a caller saw first').toBe(failure);
  await stands(ada, 'fulfilled', 'The second try, right after a load that failed,');
  await stands(ben, 'fulfilled', 'The second try of another caller');
  expect([await ada, await ben], 'The values of the second load').toEqual([2, 2]);
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
});

timed('every string is a key', async () => {
  const { singleFlight } = await load();
  const keys = ['', 'constructor', '__proto__', 'toString', random().nonce()];
  const get = singleFlight(async (key) => `value of ${key}`);

  const values = await Promise.all(keys.map((key) => get(key)));

  expect(values, 'The values of unusual keys').toEqual(keys.map((key) => `value of ${key}`));
});

timed('two loaders share nothing', async () => {
  const { singleFlight } = await load();

  const price = await singleFlight(async (key) => `price of ${key}`)('gold');
  const weight = await singleFlight(async (key) => `weight of ${key}`)('gold');

  expect([price, weight]).toEqual(['price of gold', 'weight of gold']);
});

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
  readonly failures: { call: 'owner' | 'assign'; error: Error }[] = [];
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

function aDay(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 86_400_000);
  });
}

/** Counts what watched work sets to be woken by, also long after it was called. */
function countPolls() {
  const watched = new AsyncLocalStorage<boolean>();
  let count = 0;
  const hook = createHook({
    init: (_, type, _trigger, resource) => {
      // These wait for no turn of the loop, or are only a note of the context: nobody polls with them.
      if (type === 'TickObject' || type === 'Microtask' || resource instanceof AsyncResource)
        return;
      if (watched.getStore()) count += 1;
    },
    // Promises may be made while one waits; and with a hook on them, code that never ends could not be ended from outside.
    trackPromises: false,
  }).enable();
  return {
    watch: <T>(work: () => T): T => watched.run(true, work),
    get count() {
      return count;
    },
    [Symbol.dispose]: () => void hook.disable(),
  };
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
