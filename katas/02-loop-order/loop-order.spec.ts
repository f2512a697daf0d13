import { AsyncResource, createHook } from 'node:async_hooks';
import { stat } from 'node:fs';
import { expect, inVirtualTime, kata, random, test, until } from '#harness';
import type { Prediction, Steps } from './loop-order.ts';

const load = kata(() => import('./loop-order.ts'));
const loadModuleProgram = kata(() => import('./module-program.ts'));
const loadPrograms = kata(() => import('./programs.ts'));

type Step = keyof Steps;
const names: readonly Step[] = ['sync', 'nextTick', 'microtask', 'immediate', 'timeout'];

test('the five steps run in the order of the list, wherever inOrder is called', async () => {
  const { inOrder } = await load();

  for (const [place, callFrom] of Object.entries(places)) {
    const order: Step[] = [];
    const steps = fiveSteps((name) => order.push(name));

    await inVirtualTime(() =>
      allThatComes(
        (call) => callFrom(call),
        () => inOrder(steps),
      ),
    );

    expect(order, `inOrder was called in ${place}`).toHappenInOrder(names);
  }

  const orders: Step[][] = [[], []];
  const calls = () => orders.map((order) => inOrder(fiveSteps((name) => order.push(name))));
  await inVirtualTime(() =>
    allThatComes(
      (start) => start(),
      async () => void (await Promise.all(calls())),
    ),
  );

  for (const [index, order] of orders.entries()) {
    const which = index === 0 ? 'first' : 'second';
    expect(order, `inOrder was called twice in the same moment; the ${which} call`).toHappenInOrder(
      names,
    );
  }
});

test('each step runs by its own mechanism', async () => {
  const { inOrder } = await load();
  const ranIn = new Map<Step, Queues>();
  using queues = watchQueues();
  const steps = fiveSteps((name) => ranIn.set(name, queues.current()));

  await allRan(
    () => inOrder(steps),
    () => ranIn.size,
  );

  for (const [name, queue] of Object.entries(queueOf)) {
    const { own, behind = [] } = ranIn.get(name as Step) ?? {};
    if (own === queue || behind.includes(queue)) continue;
    const why =
      own === queueOf.microtask
        ? ' What comes after an `await` runs in a microtask. So await what the mechanism itself gives.'
        : '';
    expect.fail(`The step '${name}' ran ${String(own)}; it should run ${queue}.${why}`);
  }

  // For Node every timer is one kind; the clock knows which function has set it.
  const { timers } = await inVirtualTime(() =>
    allThatComes(
      (start) => start(),
      () => inOrder(fiveSteps(() => {})),
    ),
  );
  const kinds = timers.filter(({ owner }) => owner === 'learner').map(({ kind }) => kind);
  if (kinds.length > 0 && !kinds.some((kind) => ofSetTimeout.has(kind))) {
    expect.fail(
      `The step 'timeout' ran in a callback of ${kinds[0]}; it should run in a callback of setTimeout.`,
    );
  }
});

test('the sync step, and no other, runs before inOrder returns', async () => {
  const { inOrder } = await load();
  const order: Step[] = [];
  const steps = fiveSteps((name) => order.push(name));
  const orderOfNext: Step[] = [];
  let atReturn: readonly Step[] = [];
  let atNextReturn: readonly Step[] = [];

  const call = async () => {
    const done = inOrder(steps);
    atReturn = [...order];
    const next = inOrder(fiveSteps((name) => orderOfNext.push(name)));
    atNextReturn = [...orderOfNext];
    await Promise.all([done, next]);
  };
  await inVirtualTime(() => allThatComes((start) => start(), call));

  expect(atReturn, 'The steps that had run when inOrder returned').toEqual(['sync']);
  const again = 'inOrder was called again before the first call had ended. The steps of the second';
  expect(atNextReturn, `${again} that had run when it returned`).toEqual(['sync']);
});

test('no turn of the loop passes between nextTick and microtask', async () => {
  const { inOrder } = await load();
  const order: string[] = [];
  // Always the same record: so it is the same in every run what somebody does who goes by its order.
  const steps = fiveSteps((name) => order.push(name), 3);

  await inVirtualTime(() => {
    // One immediate in each turn. Before `nextTick` there may be a turn, for one who first goes to a place in the loop that he knows.
    const tellTurns = (left: number): void => {
      order.push('a turn of the loop');
      if (left > 0) setImmediate(tellTurns, left - 1);
    };
    setImmediate(tellTurns, 20);
    return allThatComes(
      (start) => start(),
      () => inOrder(steps),
    );
  });

  const [tick, microtask] = [order.indexOf('nextTick'), order.indexOf('microtask')];
  if (order.slice(tick, Math.max(tick, microtask)).includes('a turn of the loop')) {
    expect.fail(
      "The event loop made a turn between the steps 'nextTick' and 'microtask': other code could come in between. A microtask needs no turn.",
    );
  }
});

test('the order holds when other code keeps the loop busy', async () => {
  const { inOrder } = await load();
  const order: Step[] = [];
  const steps = fiveSteps((name) => order.push(name));

  const start = (call: () => void) => {
    setImmediate(call);
    // In the same turn, once inOrder has set all that it sets at once. Timers that are due by then come before the next immediates.
    setImmediate(sleepTwentyMilliseconds);
  };
  await allRan(
    () => inOrder(steps),
    () => order.length,
    start,
  );

  expect(order, 'Other code held the loop for 20 ms after the call').toHappenInOrder(names);
});

test('the timeout step comes at most 1 ms after the call', async () => {
  const { inOrder } = await load();
  let ranAt = Infinity;

  await inVirtualTime((clock) => {
    const began = clock.now;
    const steps = fiveSteps((name) => {
      if (name === 'timeout') ranAt = clock.now - began;
    });
    return allThatComes(
      (start) => start(),
      () => inOrder(steps),
    );
  });

  if (ranAt === Infinity) expect.fail("The step 'timeout' did not run within a second.");
  if (ranAt > 1) {
    expect.fail(
      `The step 'timeout' ran ${ranAt} ms after the call, in virtual time; it should run after 1 ms at most.`,
    );
  }
});

test('inOrder resolves when all five steps have run', async () => {
  const { inOrder } = await load();
  const ran = new Set<Step>();
  const steps = fiveSteps((name) => ran.add(name));

  await inVirtualTime(() => inOrder(steps));

  const missing = names.filter((name) => !ran.has(name));
  if (missing.length > 0) {
    expect.fail(`The promise of inOrder resolved, and these had not run: ${missing.join(', ')}.`);
  }

  const waiting = new Set(['first', 'second']);
  const call = async (which: string) => {
    await inOrder(fiveSteps(() => {}));
    waiting.delete(which);
  };
  await inVirtualTime(() =>
    allThatComes(
      (start) => start(),
      async () => void (await Promise.all(['first', 'second'].map(call))),
    ),
  );

  if (waiting.size > 0) {
    expect.fail(
      `inOrder was called twice in the same moment. A second later the promise of this call had not resolved: ${[...waiting].join(', ')}.`,
    );
  }
});

test('the prediction for the program "module" comes true', async () => {
  const predicted = await predictionFor('module');
  const { lines } = await loadModuleProgram();

  await until(() => lines.length >= 4, 'the four lines of the program "module"');

  expectToComeTrue('module', predicted, lines);
});

test('the prediction for the program "ioCallback" comes true', async () => {
  const predicted = await predictionFor('ioCallback');
  const { ioCallback } = await loadPrograms();
  const lines: string[] = [];

  ioCallback((line) => lines.push(line));
  await until(() => lines.length >= 5, 'the five lines of the program "ioCallback"');

  expectToComeTrue('ioCallback', predicted, lines);
});

test('the prediction for the program "twoTimers" comes true', async () => {
  const predicted = await predictionFor('twoTimers');
  const { twoTimers } = await loadPrograms();
  const lines: string[] = [];

  twoTimers((line) => lines.push(line));
  await until(() => lines.length >= 4, 'the four lines of the program "twoTimers"');

  expectToComeTrue('twoTimers', predicted, lines);
});

test('the prediction for the program "immediates" comes true', async () => {
  const predicted = await predictionFor('immediates');
  const { immediates } = await loadPrograms();
  const lines: string[] = [];

  immediates((line) => lines.push(line));
  await until(() => lines.length >= 5, 'the five lines of the program "immediates"');

  expectToComeTrue('immediates', predicted, lines);
});

/** Where a program may call inOrder. Each drains nextTick and microtasks in its own way. */
const places: Readonly<Record<string, (call: () => void) => void>> = {
  'a callback of a promise': (call) => queueMicrotask(call),
  'a callback of process.nextTick': (call) => process.nextTick(call),
  'a callback of setImmediate': (call) => setImmediate(call),
  'a callback of setTimeout': (call) => setTimeout(call, 0),
  'the callback of a file operation': (call) => stat('.', call),
};

/** Five steps that say when they run. Where they stand in the record says nothing: no step stands in its own place. */
function fiveSteps(say: (name: Step) => void, first = random().int(1, names.length - 1)): Steps {
  const turned = [...names.slice(first), ...names.slice(0, first)];
  return Object.fromEntries(turned.map((name) => [name, () => say(name)])) as Steps;
}

/** Waits in virtual time for all that comes of `call`, whether or not its promise says so; an error of the call is thrown. */
function allThatComes(start: (call: () => void) => void, call: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    start(() => void failureOf(call).then(reject));
    setTimeout(resolve, 1000);
  });
}

/** Waits on real time until five steps have run, whether or not the promise of `call` says so; an error of the call is thrown. */
async function allRan(
  call: () => Promise<void>,
  count: () => number,
  start: (call: () => void) => void = (run) => run(),
): Promise<void> {
  const failed = new AbortController();
  start(() => void failureOf(call).then((error) => failed.abort(error)));
  await until(() => count() >= names.length, 'all five steps to run', { signal: failed.signal });
}

/** Calls at once; resolves with the error if the call fails, else never. */
function failureOf(call: () => Promise<void>): Promise<unknown> {
  return new Promise((resolve) => {
    (async () => call())().catch(resolve);
  });
}

const queueOf: Readonly<Record<Exclude<Step, 'sync'>, string>> = {
  nextTick: 'in a callback of process.nextTick',
  microtask: 'in a microtask',
  immediate: 'in a callback of setImmediate',
  timeout: 'in a callback of setTimeout',
};

/** The same timer, as a callback and as a promise. */
const ofSetTimeout: ReadonlySet<string> = new Set([
  'setTimeout',
  'timers/promises.setTimeout',
  'scheduler.wait',
]);

/** Node's names for what a callback was waiting as. https://nodejs.org/api/async_hooks.html#type */
const queueOfType: Readonly<Record<string, string>> = {
  TickObject: queueOf.nextTick,
  Microtask: queueOf.microtask,
  PROMISE: queueOf.microtask,
  Immediate: queueOf.immediate,
  Timeout: queueOf.timeout,
};

/** Which queue runs the current code; for a microtask also behind which callbacks it runs, as the code after an `await` of a timer does. */
interface Queues {
  readonly own: string;
  readonly behind: readonly string[];
}

/** Watches which queue runs the current code. */
function watchQueues(): Disposable & { current(): Queues } {
  const types = new Map<number, string>();
  const running: number[] = [];
  // The last callback of the loop, and whether one of process.nextTick came after it: the microtasks of both run before the loop goes on.
  let ofLoop: string | undefined;
  let ticked = false;
  const hook = createHook({
    init(id, type, _trigger, resource) {
      // One that a program made itself may bear any name: what counts is the callback in which it runs. queueMicrotask makes one too.
      if (type === 'Microtask' || !(resource instanceof AsyncResource)) types.set(id, type);
    },
    before(id) {
      const type = types.get(id);
      if (type === undefined) return;
      running.push(id);
      const queue = queueOfType[type];
      if (queue === queueOf.nextTick) {
        ticked = true;
      } else if (queue !== queueOf.microtask) {
        ofLoop = queue;
        ticked = false;
      }
    },
    after(id) {
      if (running.includes(id)) running.length = running.lastIndexOf(id);
    },
  }).enable();
  return {
    current() {
      const id = running.at(-1);
      // What was running before the watch began is the test, which called.
      if (id === undefined) return { own: 'in the call of inOrder itself', behind: [] };
      const own = queueOfType[types.get(id) ?? ''] ?? 'somewhere else';
      if (own !== queueOf.microtask) return { own, behind: [] };
      return { own, behind: [...(ofLoop ? [ofLoop] : []), ...(ticked ? [queueOf.nextTick] : [])] };
    },
    [Symbol.dispose]() {
      hook.disable();
    },
  };
}

function sleepTwentyMilliseconds(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
}

/** A copy, made before the program runs: a prediction is made before. */
async function predictionFor(program: keyof Prediction): Promise<readonly unknown[]> {
  const { prediction } = await load();
  return Array.from(prediction[program] ?? []);
}

/** Tells the first line that differs, and not those after it: they are still to be predicted. */
function expectToComeTrue(
  program: keyof Prediction,
  predicted: readonly unknown[],
  happened: readonly string[],
): void {
  const subject = `Your prediction for "${program}"`;
  if (predicted.length === 0) {
    expect.fail(`${subject} is still empty. The program says ${happened.length} lines.`);
  }
  const first = happened.findIndex((line, index) => predicted[index] !== line);
  if (first >= 0) {
    const written = first < predicted.length ? JSON.stringify(predicted[first]) : 'nothing';
    expect.fail(
      `${subject} differs at line ${first + 1}: you wrote ${written}, the program said "${happened[first]}".`,
    );
  }
  if (predicted.length > happened.length) {
    expect.fail(
      `${subject} has ${predicted.length} lines. The program says ${happened.length}; these are right.`,
    );
  }
}
