import { AssertionError } from 'node:assert';
import { EventEmitter } from 'node:events';
import { inspect } from 'node:util';
import {
  type PromiseState,
  expect,
  inVirtualTime,
  kata,
  random,
  settledAfter,
  test,
  turns,
} from '#harness';

const load = kata(() => import('./future-and-task.ts'));

const failure = new Error('The connection was lost');
const reason = new Error('The customer has left');

/** Each of these is a value and an error like any other. */
const anything = [undefined, null, 0, '', false, failure, { price: '7' }, () => 'called'];

test('no listener is left behind, however a wait ends', async () => {
  const { fromEvent, Future } = await load();

  for (const end of ['a value', 'an error', 'an abort'] as const) {
    const emitter = new EventEmitter();
    const broken = new EventEmitter();
    const future = new Future<string>();
    const [one, other, third] = [
      new AbortController(),
      new AbortController(),
      new AbortController(),
    ];
    const waits = [
      fromEvent(emitter, 'price', { signal: one.signal }),
      fromEvent(broken, 'error', { signal: other.signal }),
      future.wait({ signal: third.signal }),
    ];

    if (end === 'a value') emitter.emit('price', '7');
    if (end === 'a value') future.resolve('7');
    if (end === 'an error') emitError(emitter, failure);
    if (end === 'an error') future.reject(failure);
    if (end === 'an abort') for (const controller of [one, other, third]) controller.abort(reason);
    else emitError(broken, failure);
    await Promise.all(waits.map(soon));

    expect(emitter, `fromEvent, ended by ${end}`).toHaveNoListeners();
    // Asked past the emitter's own methods, which could have been replaced.
    const heard = EventEmitter.prototype.eventNames.call(emitter);
    expect(heard, `fromEvent, ended by ${end}: events that still have a listener`).toEqual([]);
    const left = EventEmitter.prototype.eventNames.call(broken);
    const asked = `fromEvent, asked for the event 'error', ended by ${end === 'an abort' ? end : 'that event'}`;
    expect(left, `${asked}: events that still have a listener`).toEqual([]);
    expect(one.signal, `fromEvent, ended by ${end}`).toHaveNoListeners();
    expect(other.signal, asked).toHaveNoListeners();
    expect(third.signal, `future.wait, ended by ${end}`).toHaveNoListeners();
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
  const broken = new EventEmitter();
  const error = fromEvent(broken, 'error');
  broken.emit('error', failure);

  await fulfils(wait, first, 'After the event, fromEvent');
  await fulfils(error, failure, "Asked for the event 'error', after that event fromEvent");

  // Whatever comes is the value, also an Error.
  for (const value of anything) {
    const odd = fromEvent(emitter, name);
    emitter.emit(name, value);
    await fulfils(odd, value, `After the event with ${tell(value)}, fromEvent`);
  }
  const bare = fromEvent(emitter, name);
  emitter.emit(name);
  await fulfils(bare, undefined, 'After the event without any argument, fromEvent');

  // More than one at a time, for one event and for another.
  const [one, two, other] = [name, name, second].map((event) => fromEvent(emitter, event));
  emitter.emit(name, first);
  await fulfils(one!, first, 'Of two who waited for one event, the first fromEvent');
  await fulfils(two!, first, 'Of two who waited for one event, the second fromEvent');
  await stillWaits(other!, 'After the event of others, the wait for another event');
  emitter.emit(second, second);
  await fulfils(other!, second, 'Asked for another event than the others, fromEvent');
});

test('an error of the emitter rejects with that very error', async () => {
  const { fromEvent } = await load();
  const emitter = new EventEmitter();

  // Whatever comes with the event is the error.
  for (const error of ['lost', ...anything]) {
    const wait = fromEvent(emitter, 'price');
    emitError(emitter, error);

    await rejects(wait, error, `After the event 'error' with ${tell(error)}, fromEvent`);
  }
});

test('the listeners of others stay where they are', async () => {
  const { fromEvent } = await load();

  for (const [asked, end] of [
    ['price', 'price'],
    ['price', 'error'],
    ['price', 'abort'],
    ['error', 'error'],
    ['error', 'abort'],
  ] as const) {
    const emitter = new EventEmitter();
    const controller = new AbortController();
    const others = { price: () => {}, error: () => {} };
    for (const [name, listener] of Object.entries(others)) emitter.on(name, listener);

    const wait = held(fromEvent(emitter, asked, { signal: controller.signal }));
    const beside = held(fromEvent(emitter, asked));
    if (end === 'abort') controller.abort(reason);
    else emitter.emit(end, failure);
    await soon(wait);

    for (const [name, listener] of Object.entries(others)) {
      if (emitter.listeners(name).includes(listener)) continue;
      expect.fail(
        `Asked for '${asked}' and ended by '${end}', fromEvent removed a listener for '${name}' that somebody else had added. Remove your own listeners only.`,
      );
    }
    const what = `Beside listeners of others, asked for '${asked}' and ended by '${end}', fromEvent`;
    await stands(wait, asked === end ? 'fulfilled' : 'rejected', what);
    if (end !== 'abort') continue;

    await stillWaits(beside, `After the abort of another, a wait for '${asked}'`);
    emitter.emit(asked, '7');
    await stands(
      beside,
      'fulfilled',
      `After the abort of another and the event '${asked}', fromEvent`,
    );
  }
});

test('an abort rejects at once with its reason', async () => {
  const { fromEvent, Future } = await load();

  for (const given of [reason, 'the customer has left', 0, undefined]) {
    const controller = new AbortController();
    const { signal } = controller;
    const emitter = new EventEmitter();
    const future = new Future<string>();

    // Two of each, as the signal may belong to more than one wait.
    const waits = {
      fromEvent: held(fromEvent(emitter, 'price', { signal })),
      'a second fromEvent with this signal': held(fromEvent(emitter, 'price', { signal })),
      'future.wait': held(future.wait({ signal })),
      'a second future.wait with this signal': held(future.wait({ signal })),
    };
    controller.abort(given);

    for (const [name, wait] of Object.entries(waits)) {
      await isAborted(wait, `After the abort, ${name}`);
      // Without a reason, the signal makes one.
      await expect(wait, name).toRejectWith({ reason: signal.reason as unknown });
    }
    expect(signal, 'After the abort of more than one wait').toHaveNoListeners();
  }
});

test('a signal that is aborted already is refused, and nobody subscribes', async () => {
  const { fromEvent, Future } = await load();
  const emitter = new EventEmitter();
  const added: string[] = [];
  emitter.on('newListener', (name: string) => added.push(name));

  for (const given of [reason, 0]) {
    const signal = AbortSignal.abort(given);
    const event = held(Promise.try(() => fromEvent(emitter, 'price', { signal })));
    const future = held(Promise.try(() => new Future<string>().wait({ signal })));

    const already = `With a signal that was aborted already, with the reason ${String(given)},`;
    await isAborted(event, `${already} fromEvent`);
    await expect(event, `${already} fromEvent`).toRejectWith({ reason: given });
    await isAborted(future, `${already} future.wait`);
    await expect(future, `${already} future.wait`).toRejectWith({ reason: given });
  }

  // A future that is done may refuse or give its value; but nobody may wait for ever, or be left behind.
  for (const signal of [AbortSignal.abort(reason), new AbortController().signal]) {
    const done = new Future<string>();
    done.resolve('7');
    const state = await soon(Promise.try(() => done.wait({ signal })));
    const how = signal.aborted ? 'a signal that is aborted already' : 'a signal';
    expect(state, `With ${how}, the wait for a future that is done`).not.toBe('pending');
    expect(signal, `With ${how}, the wait for a future that is done`).toHaveNoListeners();
  }
  if (added.length > 0) {
    const events = added.map((name) => `'${name}'`).join(' and ');
    expect.fail(`The signal was aborted before the call, but fromEvent subscribed to ${events}.`);
  }
});

test('what comes first counts, also in the same moment', async () => {
  const { fromEvent, Future } = await load();

  for (const [first, then] of [
    ['value', 'error'],
    ['error', 'value'],
    ['value', 'abort'],
    ['error', 'abort'],
    ['abort', 'value'],
    ['abort', 'error'],
  ] as const) {
    const emitter = new EventEmitter();
    // Somebody else hears the error too, so that it is heard when nobody waits any more.
    emitter.on('error', () => {});
    const future = new Future<string>();
    const controller = new AbortController();
    const { signal } = controller;
    const waits = {
      fromEvent: held(fromEvent(emitter, 'price', { signal })),
      'future.wait': held(future.wait({ signal })),
    };

    for (const happens of [first, then]) {
      if (happens === 'abort') controller.abort(reason);
      if (happens === 'value') emitter.emit('price', '7');
      if (happens === 'value') future.resolve('7');
      if (happens === 'error') emitter.emit('error', failure);
      if (happens === 'error') future.reject(failure);
    }

    for (const [name, wait] of Object.entries(waits)) {
      const what = `First the ${first}, then the ${then}, in the same moment: ${name}`;
      if (first === 'abort') await isAbortedOr(then, wait, what);
      else if (then === 'abort') await isAbortedOr(first, wait, what);
      else if (first === 'value') await stands(wait, 'fulfilled', what);
      else await rejects(wait, failure, what);
    }
  }
});

test('a future settles once, and says who settled it', async () => {
  const { Future } = await load();
  const settle = {
    resolve: (future: { resolve(value: unknown): boolean }) => future.resolve(random().nonce()),
    reject: (future: { reject(error: unknown): boolean }) => future.reject(new Error('Too late')),
  };

  for (const first of ['first', ...anything]) {
    for (const second of [settle.resolve, settle.reject]) {
      const kept = new Future<unknown>();
      expect(kept.done, '`done` of a new future').toBe(false);
      expect(kept.resolve(first), `What the first \`resolve(${tell(first)})\` returned`).toBe(true);
      expect(kept.done, `\`done\` right after \`resolve(${tell(first)})\``).toBe(true);
      expect(second(kept), 'What a second `resolve` or `reject` returned').toBe(false);
      await fulfils(kept.wait(), first, 'Settled twice, first with a value: the wait');

      const failed = new Future<unknown>();
      expect(failed.reject(first), `What the first \`reject(${tell(first)})\` returned`).toBe(true);
      expect(failed.done, `\`done\` right after \`reject(${tell(first)})\``).toBe(true);
      expect(second(failed), 'What a second `resolve` or `reject` returned').toBe(false);
      await rejects(failed.wait(), first, 'Settled twice, first with an error: the wait');
      expect(kept.done && failed.done, '`done` when it has been settled for a while').toBe(true);
    }
  }
});

test('everybody who waits is given the same, early or late', async () => {
  const { Future } = await load();

  for (const value of [random().nonce(), ...anything]) {
    const future = new Future<unknown>();
    const early = [future.wait(), future.wait(), future.wait()];
    future.resolve(value);

    for (const wait of early)
      await fulfils(wait, value, `Settled with ${tell(value)}: one of three who waited`);
    await fulfils(future.wait(), value, `Settled with ${tell(value)}: one who came late`);
    await fulfils(future.wait(), value, `Settled with ${tell(value)}: another one who came late`);
  }
  for (const error of anything) {
    const future = new Future<unknown>();
    const early = [future.wait(), future.wait(), future.wait()].map(held);
    future.reject(error);

    for (const wait of early)
      await rejects(wait, error, `Rejected with ${tell(error)}: one of three who waited`);
    await rejects(future.wait(), error, `Rejected with ${tell(error)}: one who came late`);
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
  await Promise.all(waits.map(soon));

  const [first] = steps;
  if (first !== 'the code that settled them') {
    expect.fail(`Whoever had waited was called at once, by the code that settled: ${first}.`);
  }
  const who = ['a wait for a value', 'a wait for an error', 'fromEvent', 'a wait that came late'];
  const unheard = [...who, 'fromCallback'].filter((name) => !steps.includes(name));
  if (unheard.length > 0) {
    expect.fail(
      `It was settled, and a few turns of the event loop later this still waits: ${unheard.join(', ')}.`,
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
      await Promise.all(waits.map(soon));
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

  await stillWaits(patient, 'After the abort of another, the wait that was not aborted');
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

  const lists = [[], [numbers.nonce(), undefined], [undefined, { price: '7' }], [undefined]];

  for (const [index, value] of [numbers.nonce(), ...anything].entries()) {
    const args = lists[index % lists.length]!;
    const calls: unknown[][] = [];
    // What the function returns is not what it tells its callback.
    const fn = (...all: unknown[]) => {
      calls.push(all);
      return 'what fn returned';
    };
    const given = held(fromCallback(fn, ...args));
    const failed = held(fromCallback(fn, ...args));
    await stillWaits(given, 'While `fn` has not called its callback yet, fromCallback');

    const seen = calls.map((all) => all.slice(0, -1));
    expect(
      seen,
      'Two calls of fromCallback; the arguments that each gave to `fn` before the callback',
    ).toEqual([args, args]);
    for (const [place, argument] of args.entries()) {
      isSame(seen[0]![place], argument, `The argument ${place + 1} that \`fn\` was given:`);
    }
    const [good, bad] = calls.map((all) => all.at(-1) as (error: unknown, value?: unknown) => void);
    good?.(null, value);
    try {
      bad?.(failure, value);
    } catch {
      expect.fail(
        'The callback was called with an error, and threw it at the one who called. fromCallback should have rejected with it.',
      );
    }
    await fulfils(given, value, `After callback(null, ${tell(value)}), fromCallback`);
    await rejects(failed, failure, `After callback(error, ${tell(value)}), fromCallback`);
    expect(calls.length, 'Two calls of fromCallback; how often they called `fn`').toBe(2);
  }

  // At once or later, and once more in the same moment: the first call counts.
  for (const when of ['at once', 'later'] as const) {
    for (const first of ['callback(null, value)', 'callback(error)'] as const) {
      let tellAll = (): void => {};
      const wait = held(
        fromCallback((callback: (error: unknown, value?: string) => void) => {
          tellAll = () => {
            if (first === 'callback(error)') callback(failure);
            callback(null, '7');
            callback(new Error('Too late'));
            callback(null, 'too late');
          };
          if (when === 'at once') tellAll();
        }),
      );
      await turns(1);
      if (when === 'later') tellAll();

      const what = `The callback was called ${when}, first as ${first}, then again: fromCallback`;
      if (first === 'callback(error)') await rejects(wait, failure, what);
      else await fulfils(wait, '7', what);
    }
  }
});

test('a function that throws at once is a rejection', async () => {
  const { fromCallback } = await load();

  const call = (fn: (callback: (error: unknown, value: string) => void) => void) => {
    try {
      return held(fromCallback(fn));
    } catch {
      return expect.fail(
        'The function threw at once, and fromCallback threw too. It should have rejected.',
      );
    }
  };

  // Anything can be thrown.
  for (const thrown of ['lost', ...anything]) {
    let calls = 0;
    const wait = call(() => {
      calls += 1;
      throw thrown;
    });

    await rejects(wait, thrown, `After its function threw ${tell(thrown)} at once, fromCallback`);
    expect(calls, 'How often fromCallback called a function that throws').toBe(1);
  }

  // Both are right, but one of the two it must be.
  const both = call((callback) => {
    callback(null, '7');
    throw failure;
  });
  const what = 'After its function called the callback and then threw, fromCallback';
  const state = await soon(both);
  if (state === 'pending') expect.fail(`${what} is still waiting; it should have settled.`);
  if (state === 'rejected') await rejects(both, failure, what);
  else await fulfils(both, '7', what);
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
const shouldBe = { pending: 'still wait', fulfilled: 'have resolved', rejected: 'have rejected' };

/** A value, as a message tells it. */
function tell(value: unknown): string {
  if (value instanceof Error || typeof value === 'function') return String(value);
  return inspect(value);
}

/** How `promise` stands a few turns of the event loop later: whether it took microtasks or immediates is up to the answer. */
function soon(promise: Promise<unknown>): Promise<PromiseState> {
  return settledAfter(4, promise);
}

/** A promise of this spec, which looks at one after the other: until then its rejection is in good hands. */
function held<T>(promise: Promise<T>): Promise<T> {
  promise.then(undefined, () => {});
  return promise;
}

/** Fails unless `promise` has resolved with this very value, a few turns of the event loop later. */
async function fulfils(promise: Promise<unknown>, value: unknown, what: string): Promise<void> {
  await stands(promise, 'fulfilled', what, fulfils);
  isSame(await promise, value, `${what} resolved with`);
}

/** The same for a rejection. */
async function rejects(promise: Promise<unknown>, error: unknown, what: string): Promise<void> {
  await stands(promise, 'rejected', what, rejects);
  const came = await promise.then(
    () => 'nothing',
    (thrown: unknown) => thrown,
  );
  isSame(came, error, `${what} rejected with`);
}

/** Fails unless both are one and the same; a copy looks alike, so that the two alone would tell nothing. */
function isSame(came: unknown, given: unknown, what: string): void {
  if (!Object.is(came, given) && typeof came === 'object' && tell(came) === tell(given)) {
    expect.fail(
      `${what} ${tell(came)}, which looks alike, but is another object. Pass on the very one that was given.`,
    );
  }
  expect(came, what).toBe(given);
}

/** Fails unless nothing has come of `promise` yet, a few turns of the event loop later. */
async function stillWaits(promise: Promise<unknown>, what: string): Promise<void> {
  await stands(promise, 'pending', what, stillWaits);
}

/** The same moment has brought both an abort and `other`, in either order. The one who waits had been told of neither: so each may be told. */
async function isAbortedOr(
  other: 'value' | 'error',
  wait: Promise<unknown>,
  what: string,
): Promise<void> {
  const now = await soon(wait);
  const came = await Promise.race([wait, turns(1)]).catch((error: unknown) => error);
  if (other === 'value' && now === 'fulfilled') return;
  if (other === 'error' && came === failure) return;
  await isAborted(wait, what);
  await expect(wait, what).toRejectWith({ reason });
}

/** Fails unless `promise` has been rejected; with what is the matter of one test. */
async function isAborted(promise: Promise<unknown>, what: string): Promise<void> {
  await stands(promise, 'rejected', what, isAborted);
}

async function stands(
  promise: Promise<unknown>,
  expected: keyof typeof shouldBe,
  what: string,
  asker: (...given: never[]) => unknown = stands,
): Promise<void> {
  // Made here, so that it tells the line of the test.
  const failure = new AssertionError({ message: what, stackStartFn: asker });
  const now = await soon(promise);
  if (now === expected) return;
  failure.message = `${what} ${isNow[now]}; it should ${shouldBe[expected]}.`;
  throw failure;
}
