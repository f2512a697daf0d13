import { AssertionError } from 'node:assert';
import { EventEmitter } from 'node:events';
import { expect, inVirtualTime, kata, random, settled, test, turns } from '#harness';

const load = kata(() => import('./future-and-task.ts'));

const failure = new Error('The connection was lost');
const reason = new Error('The customer has left');

test('no listener is left behind, however a wait ends', async () => {
  const { fromEvent, Future } = await load();

  for (const end of ['a value', 'an error', 'an abort'] as const) {
    const emitter = new EventEmitter();
    const future = new Future<string>();
    const [one, other] = [new AbortController(), new AbortController()];
    const waits = [
      fromEvent(emitter, 'price', { signal: one.signal }),
      future.wait({ signal: other.signal }),
    ];

    if (end === 'a value') emitter.emit('price', '7');
    if (end === 'a value') future.resolve('7');
    if (end === 'an error') emitError(emitter, failure);
    if (end === 'an error') future.reject(failure);
    if (end === 'an abort') for (const controller of [one, other]) controller.abort(reason);
    await Promise.all(waits.map(settled));

    expect(emitter, `fromEvent, ended by ${end}`).toHaveNoListeners();
    // Asked past the emitter's own methods, which could have been replaced.
    const heard = EventEmitter.prototype.eventNames.call(emitter);
    expect(heard, `fromEvent, ended by ${end}: events that still have a listener`).toEqual([]);
    expect(one.signal, `fromEvent, ended by ${end}`).toHaveNoListeners();
    expect(other.signal, `future.wait, ended by ${end}`).toHaveNoListeners();
  }
});

test('fromEvent resolves with the first argument of the first event', async () => {
  const { fromEvent } = await load();
  const emitter = new EventEmitter();
  const numbers = random();
  const [name, first, second] = [numbers.nonce(), numbers.nonce(), numbers.nonce()];

  const wait = fromEvent(emitter, name);
  emitter.emit(`${name}!`, 'another event');
  emitter.emit(name, first, 'a second argument');
  emitter.emit(name, second);
  const error = fromEvent(emitter, 'error');
  emitter.emit('error', failure);

  await fulfils(wait, first, 'After the event, fromEvent');
  await fulfils(error, failure, "Asked for the event 'error', after that event fromEvent");
});

test('an error of the emitter rejects with that very error', async () => {
  const { fromEvent } = await load();
  const emitter = new EventEmitter();

  // Whatever comes with the event is the error.
  for (const error of [failure, 'lost', undefined]) {
    const wait = fromEvent(emitter, 'price');
    emitError(emitter, error);

    await rejects(wait, error, `After the event 'error' with ${String(error)}, fromEvent`);
  }
});

test('the listeners of others stay where they are', async () => {
  const { fromEvent } = await load();

  for (const end of ['price', 'error', 'abort'] as const) {
    const emitter = new EventEmitter();
    const controller = new AbortController();
    const others = { price: () => {}, error: () => {} };
    for (const [name, listener] of Object.entries(others)) emitter.on(name, listener);

    const wait = fromEvent(emitter, 'price', { signal: controller.signal });
    if (end === 'abort') controller.abort(reason);
    else emitter.emit(end, failure);
    await settled(wait);

    for (const [name, listener] of Object.entries(others)) {
      if (emitter.listeners(name).includes(listener)) continue;
      expect.fail(
        `Ended by '${end}', fromEvent removed a listener for '${name}' that somebody else had added. Remove your own listeners only.`,
      );
    }
  }
});

test('an abort rejects at once with its reason', async () => {
  const { fromEvent, Future } = await load();

  for (const given of [reason, 'the customer has left', 0]) {
    const controller = new AbortController();
    const { signal } = controller;

    const event = held(fromEvent(new EventEmitter(), 'price', { signal }));
    const future = held(new Future<string>().wait({ signal }));
    controller.abort(given);

    await isAborted(event, 'After the abort, fromEvent');
    await expect(event, 'fromEvent').toRejectWith({ reason: given });
    await isAborted(future, 'After the abort, future.wait');
    await expect(future, 'future.wait').toRejectWith({ reason: given });
  }
});

test('a signal that is aborted already is refused, and nobody subscribes', async () => {
  const { fromEvent, Future } = await load();
  const emitter = new EventEmitter();
  const added: string[] = [];
  emitter.on('newListener', (name: string) => added.push(name));
  const signal = AbortSignal.abort(reason);

  const event = held(Promise.try(() => fromEvent(emitter, 'price', { signal })));
  const future = held(Promise.try(() => new Future<string>().wait({ signal })));

  await isAborted(event, 'With a signal that is aborted already, fromEvent');
  await isAborted(future, 'With a signal that is aborted already, future.wait');
  if (added.length > 0) {
    const events = added.map((name) => `'${name}'`).join(' and ');
    expect.fail(`The signal was aborted before the call, but fromEvent subscribed to ${events}.`);
  }
});

test('what comes first counts, also in the same moment', async () => {
  const { fromEvent, Future } = await load();

  for (const first of ['value', 'abort'] as const) {
    const emitter = new EventEmitter();
    const future = new Future<string>();
    const controller = new AbortController();
    const { signal } = controller;
    const waits = {
      fromEvent: held(fromEvent(emitter, 'price', { signal })),
      'future.wait': held(future.wait({ signal })),
    };

    // The second abort, of a signal that is aborted already, does nothing.
    if (first === 'abort') controller.abort(reason);
    emitter.emit('price', '7');
    future.resolve('7');
    controller.abort(reason);

    for (const [name, wait] of Object.entries(waits)) {
      if (first === 'abort') await isAborted(wait, `Aborted, then given a value, ${name}`);
      else await stands(wait, 'fulfilled', `Given a value, then aborted, ${name}`);
    }
  }
});

test('a future settles once, and says who settled it', async () => {
  const { Future } = await load();
  const settle = {
    resolve: (future: { resolve(value: string): boolean }) => future.resolve(random().nonce()),
    reject: (future: { reject(error: unknown): boolean }) => future.reject(new Error('Too late')),
  };

  for (const second of [settle.resolve, settle.reject]) {
    const kept = new Future<string>();
    expect(kept.done, '`done` of a new future').toBe(false);
    expect(kept.resolve('first'), 'What the first `resolve` returned').toBe(true);
    expect(kept.done, '`done` right after `resolve`').toBe(true);
    expect(second(kept), 'What a second `resolve` or `reject` returned').toBe(false);
    await fulfils(kept.wait(), 'first', 'Settled twice, first with a value: the wait');

    const failed = new Future<string>();
    expect(failed.reject(failure), 'What the first `reject` returned').toBe(true);
    expect(failed.done, '`done` right after `reject`').toBe(true);
    expect(second(failed), 'What a second `resolve` or `reject` returned').toBe(false);
    await rejects(failed.wait(), failure, 'Settled twice, first with an error: the wait');
  }
});

test('everybody who waits is given the same, early or late', async () => {
  const { Future } = await load();

  for (const value of [random().nonce(), undefined, null, 0, false, failure]) {
    const future = new Future<unknown>();
    const early = [future.wait(), future.wait(), future.wait()];
    future.resolve(value);

    for (const wait of early) await fulfils(wait, value, 'One of three who waited');
    await fulfils(future.wait(), value, 'One who came late');
    await fulfils(future.wait(), value, 'Another one who came late');
  }
  for (const error of [failure, undefined]) {
    const future = new Future<unknown>();
    const early = [future.wait(), future.wait(), future.wait()].map(held);
    future.reject(error);

    for (const wait of early) await rejects(wait, error, 'One of three who waited');
    await rejects(future.wait(), error, 'One who came late');
  }
});

test('nobody who waits is called before the one who settles goes on', async () => {
  const { fromCallback, fromEvent, Future } = await load();
  const emitter = new EventEmitter();
  const [early, failed] = [new Future<string>(), new Future<string>()];
  const steps: string[] = [];
  const say = (step: string) => () => void steps.push(step);

  const waits = [
    early.wait().then(say('a wait for a value')),
    failed.wait().then(() => {}, say('a wait for an error')),
    fromEvent(emitter, 'price').then(say('fromEvent')),
  ];
  early.resolve('7');
  failed.reject(failure);
  emitter.emit('price', '7');
  waits.push(early.wait().then(say('a wait that came late')));
  waits.push(fromCallback((callback) => callback(null, '7')).then(say('fromCallback')));
  say('the code that settled them')();
  await Promise.all(waits.map(settled));

  const [first] = steps;
  if (first !== 'the code that settled them') {
    expect.fail(`Whoever had waited was called at once, by the code that settled: ${first}.`);
  }
  const who = ['a wait for a value', 'a wait for an error', 'fromEvent', 'a wait that came late'];
  const unheard = [...who, 'fromCallback'].filter((name) => !steps.includes(name));
  if (unheard.length > 0) {
    expect.fail(
      `It was settled, and a turn of the event loop later this still waits: ${unheard.join(', ')}.`,
    );
  }
});

// Also none that is cleared when the wait ends: a thousand customers who wait would be a thousand timers.
test('nobody sets a timer, however a wait ends', async () => {
  const { fromCallback, fromEvent, Future } = await load();

  const { timers } = await inVirtualTime(async () => {
    for (const end of ['a value', 'an error', 'an abort'] as const) {
      const emitter = new EventEmitter();
      const future = new Future<string>();
      const controller = new AbortController();
      const { signal } = controller;
      let callback: (error: unknown, value?: string) => void = () => {};
      const waits = [
        fromEvent(emitter, 'price', { signal }),
        future.wait({ signal }),
        future.wait(),
        fromCallback((given: typeof callback) => (callback = given)),
      ].map(held);
      await turns(1);

      if (end === 'an abort') controller.abort();
      if (end === 'a value') emitter.emit('price', '7');
      if (end === 'an error') emitError(emitter, failure);
      if (end === 'an error') future.reject(failure);
      else future.resolve('7');
      callback(end === 'an error' ? failure : null, '7');
      await Promise.all(waits.map(settled));
    }
  });

  const timer = timers.find(({ owner }) => owner === 'learner');
  if (timer === undefined) return;
  expect.fail(
    `Somebody waited, and your code called ${timer.kind}. Who waits is called; nobody has to look again and again, or to keep anything awake.`,
  );
});

test('an error for which nobody waits yet is kept, and not unhandled', async () => {
  const { Future } = await load();
  const future = new Future<string>();
  // Made here, so that a red test tells this line.
  const early = new Error('Nobody waited for this error yet');

  future.reject(early);
  await turns(3);

  await rejects(future.wait(), early, 'The wait for a future that had been rejected before');
});

test('an abort ends one wait only, not the future', async () => {
  const { Future } = await load();
  const future = new Future<string>();
  const controller = new AbortController();
  const value = random().nonce();

  const aborted = future.wait({ signal: controller.signal });
  const patient = future.wait();
  controller.abort(reason);
  await isAborted(aborted, 'After its abort, a wait');

  const state = await settled(patient);
  expect(state, 'After the abort of another, the wait that was not aborted').toBe('pending');
  expect(future.done, '`done` after the abort of one wait').toBe(false);
  expect(future.resolve(value), 'What `resolve` returned after the abort of one wait').toBe(true);
  await fulfils(patient, value, 'The wait that was not aborted');

  // Nor when it was the only one.
  const lonely = new Future<string>();
  const last = new AbortController();
  const only = lonely.wait({ signal: last.signal });
  last.abort(reason);
  await isAborted(only, 'After its abort, the only wait');
  expect(lonely.done, '`done` after the abort of the only wait').toBe(false);
  lonely.resolve(value);
  await fulfils(lonely.wait(), value, 'A new wait, after the abort of the only one');
});

test('fromCallback gives what the callback is given, whatever it is', async () => {
  const { fromCallback } = await load();
  const numbers = random();

  for (const value of [numbers.nonce(), undefined, null, 0, '', false]) {
    const args = [numbers.nonce(), undefined, numbers.nonce()].slice(0, numbers.int(0, 3));
    const calls: unknown[][] = [];
    const given = held(fromCallback((...all) => void calls.push(all), ...args));
    const failed = held(fromCallback((...all) => void calls.push(all), ...args));
    await turns(1);

    const seen = calls.map((all) => all.slice(0, -1));
    expect(
      seen,
      'Two calls of fromCallback; the arguments that each gave to `fn` before the callback',
    ).toEqual([args, args]);
    const [good, bad] = calls.map((all) => all.at(-1) as (error: unknown, value?: unknown) => void);
    good?.(null, value);
    try {
      bad?.(failure);
    } catch {
      expect.fail(
        'The callback was called with an error, and threw it at the one who called. fromCallback should have rejected with it.',
      );
    }
    await fulfils(given, value, `After callback(null, ${String(value)}), fromCallback`);
    await rejects(failed, failure, 'After callback(error), fromCallback');
  }
});

test('a function that throws at once is a rejection', async () => {
  const { fromCallback } = await load();
  const fail = () => {
    throw failure;
  };
  let promise: Promise<unknown>;

  try {
    promise = fromCallback(fail);
  } catch {
    expect.fail('The function threw at once, and fromCallback threw too. It should have rejected.');
  }

  await rejects(promise, failure, 'After its function threw at once, fromCallback');
});

/** The error of a connection. An emitter to which nobody listens throws it at the one who emits. */
function emitError(emitter: EventEmitter, error: unknown): void {
  if (emitter.listenerCount('error') === 0) {
    expect.fail(
      "While fromEvent waited, nobody listened for 'error'. In Node such an error ends the process.",
    );
  }
  emitter.emit('error', error);
}

const isNow = { pending: 'is still waiting', fulfilled: 'has resolved', rejected: 'has rejected' };

/** A promise of this spec, which looks at one after the other: until then its rejection is in good hands. */
function held<T>(promise: Promise<T>): Promise<T> {
  promise.then(undefined, () => {});
  return promise;
}

/** Fails unless `promise` has resolved with this very value, one turn of the event loop later. */
async function fulfils(promise: Promise<unknown>, value: unknown, what: string): Promise<void> {
  await stands(promise, 'fulfilled', what, fulfils);
  expect(await promise, `${what} resolved with`).toBe(value);
}

/** The same for a rejection. */
async function rejects(promise: Promise<unknown>, error: unknown, what: string): Promise<void> {
  await stands(promise, 'rejected', what, rejects);
  const came = await promise.then(
    () => 'nothing',
    (thrown: unknown) => thrown,
  );
  expect(came, `${what} rejected with`).toBe(error);
}

/** Fails unless `promise` has been rejected; with what is the matter of one test. */
async function isAborted(promise: Promise<unknown>, what: string): Promise<void> {
  await stands(promise, 'rejected', what, isAborted);
}

async function stands(
  promise: Promise<unknown>,
  expected: 'fulfilled' | 'rejected',
  what: string,
  asker: (...given: never[]) => unknown = stands,
): Promise<void> {
  // Made here, so that it tells the line of the test.
  const failure = new AssertionError({ message: what, stackStartFn: asker });
  const now = await settled(promise);
  if (now === expected) return;
  failure.message = `${what} ${isNow[now]}; it should have ${expected === 'fulfilled' ? 'resolved' : 'rejected'}.`;
  throw failure;
}
