import { KataFailure, expect, kata, random, test } from '#harness';
import type { EventLoop, Handle, Poller, Wait } from './event-loop.ts';

const load = kata(() => import('./event-loop.ts'));

type Coroutine<T> = Generator<Wait, T, unknown>;

test('three coroutines that sleep one second end after one second', async () => {
  const { EventLoop } = await load();
  const machine = new Machine();
  const loop = new EventLoop(machine.poller);
  const ends: number[] = [];
  function* sleeper(): Coroutine<void> {
    yield { sleep: 1000 };
    ends.push(machine.ms);
  }

  for (let count = 0; count < 3; count += 1) loop.spawn(sleeper());
  machine.drive(loop);

  expect(ends, 'The milliseconds after which the three coroutines ended').toEqual([
    1000, 1000, 1000,
  ]);
});

test('ready callbacks are called in order, one added twice is called twice', async () => {
  const { EventLoop } = await load();
  const machine = new Machine();
  const loop = new EventLoop(machine.poller);
  const steps: string[] = [];
  const names = ['a', 'b', 'c', 'd', 'e'];
  const all = ['first', ...names, 'last'];
  const callbacks = new Map(all.map((name) => [name, () => void steps.push(name)]));
  const order = ['first', ...random().shuffle([...names, ...names]), 'last'];

  for (const name of order) loop.callSoon(callbacks.get(name)!);
  machine.drive(loop);

  expect(steps).toHappenInOrder(order);
});

test('a callback added during a turn is called in the next turn', async () => {
  const { EventLoop } = await load();
  const machine = new Machine({ arrivals: [{ at: 5, id: 7 }] });
  const loop = new EventLoop(machine.poller);
  const steps: string[] = [];
  const step = (name: string, then: () => void) => () => {
    if (!steps.includes(name)) steps.push(name);
    machine.work(10);
    then();
  };

  const third = step('added by the second', () => {});
  const second = step('added by the first', () => loop.callSoon(third));
  // Whichever of these two comes first shows where a turn ended.
  loop.onReadable(
    7,
    step('what came meanwhile', () => {}),
  );
  loop.callLater(
    5,
    step('what came meanwhile', () => {}),
  );
  loop.callSoon(step('first', () => loop.callSoon(second)));
  machine.drive(loop);

  // Before or behind the callback that was ready when it came: both are right.
  const order = ['first', 'added by the first', 'added by the second'];
  order.splice(steps[1] === 'what came meanwhile' ? 1 : 2, 0, 'what came meanwhile');
  expect(steps).toHappenInOrder(order);
});

test('callbacks that keep coming do not keep a timer waiting', async () => {
  const { EventLoop } = await load();
  const machine = new Machine();
  const loop = new EventLoop(machine.poller);
  let rang = false;

  const calls = keepComing(loop, machine, () => rang);
  loop.callLater(10, () => (rang = true));
  machine.drive(loop);

  if (!rang) expect.fail('`run` returned, and the timer of 10 ms had never been called.');
  if (calls() === 1000) expect.fail(`A timer of 10 ms was not called; ${keptComing}`);
  expect(waitsOf(machine), whileReady).toEqual([]);

  const busy = new Machine({ arrivals: Array.from({ length: 1000 }, (_, at) => ({ at, id: 7 })) });
  const radio = new EventLoop(busy.poller);
  const rings: number[] = [];
  const listen = (): void => {
    busy.work(1);
    if (rings.length === 0 && busy.ms < 999) radio.onReadable(7, listen);
  };
  radio.onReadable(7, listen);
  radio.callLater(10, () => rings.push(busy.ms));
  busy.drive(radio);

  const rungAt = rings[0];
  // The order of the two at 10 ms belongs to another test.
  if (rungAt === undefined || rungAt > 11) {
    expect.fail(
      `A timer of 10 ms was called ${rungAt === undefined ? 'never' : `at ${rungAt} ms`}. A callback that took 1 ms read an id that was readable every millisecond.`,
    );
  }
});

test('callbacks that keep coming do not keep a readable id waiting', async () => {
  const { EventLoop } = await load();
  const machine = new Machine({ arrivals: [{ at: 10, id: 7 }] });
  const loop = new EventLoop(machine.poller);
  let read = false;

  const calls = keepComing(loop, machine, () => read);
  loop.onReadable(7, () => (read = true));
  machine.drive(loop);

  if (!read)
    expect.fail('`run` returned while a callback still waited for an id: it was never called.');
  if (calls() === 1000) expect.fail(`An id was readable after 10 ms, and not read; ${keptComing}`);
  expect(waitsOf(machine), whileReady).toEqual([]);
});

test('a timer of 0 ms that a timer sets is called in the next turn', async () => {
  const { EventLoop } = await load();
  const machine = new Machine();
  const loop = new EventLoop(machine.poller);
  let rings = 0;
  let before = 0;
  const ring = (): void => {
    rings += 1;
    if (rings === 1) loop.callSoon(() => (before = rings));
    if (rings < 100) loop.callLater(0, ring);
  };

  loop.callLater(10, ring);
  machine.drive(loop);

  expect(rings, 'A timer of 10 ms set one of 0 ms, and so on; how many were called of 100').toBe(
    100,
  );
  expect(machine.ms, 'The milliseconds when all was over').toBe(10);
  // In the next turn both are called, in any order. A loop that never comes to the next turn calls all timers first.
  if (before < 1 || before > 9) {
    expect.fail(
      `A timer added a callback and set a timer of 0 ms, which set the next one, and so on. ${before} timers were called before the callback. Each of them belongs to a turn of its own.`,
    );
  }
});

test('what has become ready comes before a timer that falls due later', async () => {
  const { EventLoop } = await load();
  const machine = new Machine({ arrivals: [7, 8, 9].map((id) => ({ at: 15, id })) });
  const loop = new EventLoop(machine.poller);
  const steps: string[] = [];

  for (const id of [7, 8, 9]) {
    loop.onReadable(id, () => {
      steps.push('readable');
      machine.work(10);
    });
  }
  loop.callLater(20, () => void steps.push('timer'));
  machine.drive(loop);

  // All three were told by one poll, before the timer was due.
  expect(steps).toHappenInOrder(['readable', 'readable', 'readable', 'timer']);
});

test('poll is asked to wait exactly until the next timer', async () => {
  const { EventLoop } = await load();
  const numbers = random();
  const pauses = [...Array.from({ length: 6 }, () => numbers.int(20, 90)), 3_600_000];
  const times = pauses.map((_, index) => sum(pauses.slice(0, index + 1)));
  const machine = new Machine({ arrivals: [{ at: sum(pauses) - 10, id: 7 }] });
  const loop = new EventLoop(machine.poller);

  loop.onReadable(7, () => {});
  for (const ms of shuffled(times)) loop.callLater(ms, () => {});
  machine.drive(loop);

  expect(
    waitsOf(machine),
    `Timers were due at ${times.join(', ')} ms, and an id was readable 10 ms before the last; what poll was asked to wait, call by call`,
  ).toEqual([...pauses, 10]);
});

test('poll is asked to wait without a limit when no timer is set', async () => {
  const { EventLoop } = await load();
  const machine = new Machine({ early: [20_000], arrivals: [{ at: 50_000, id: 7 }] });
  const loop = new EventLoop(machine.poller);
  const calls: number[] = [];

  loop.onReadable(7, () => calls.push(machine.ms));
  machine.drive(loop);

  if (calls.length === 0) {
    expect.fail(
      '`run` returned while a callback still waited for an id: it was never called. Poll came back early once, with an empty list.',
    );
  }
  expect(calls, 'An id was readable at 50000 ms; when its callback was called').toEqual([50_000]);
  expect(
    waitsOf(machine),
    'No timer was set, and poll came back early once; what it was asked to wait',
  ).toEqual([null, null]);
});

test('poll is never asked to wait for a negative time', async () => {
  const { EventLoop } = await load();
  const machine = new Machine();
  const loop = new EventLoop(machine.poller);
  const calls: number[] = [];

  loop.callSoon(() => {
    loop.callLater(10, () => calls.push(machine.ms));
    machine.work(30);
  });
  machine.drive(loop);

  expect(
    calls,
    'When a timer was called that was due at 10 ms, while a callback ran until 30 ms',
  ).toEqual([30]);
  const negative = machine.polls.filter((timeoutMs) => timeoutMs !== null && timeoutMs < 0);
  if (negative.length > 0) {
    expect.fail(
      `Your loop called poll(${negative[0]}). When a timer is late already, poll is asked to wait for 0 ms.`,
    );
  }
});

test('a poll that comes back early calls no timer before its time', async () => {
  const { EventLoop } = await load();
  const machine = new Machine({ early: [30, 60, 99], arrivals: [{ at: 80, id: 7 }] });
  const loop = new EventLoop(machine.poller);
  const calls: number[] = [];

  loop.callLater(100, () => calls.push(machine.ms));
  machine.drive(loop);

  expect(
    calls,
    'When a timer of 100 ms was called; poll came back at 30, 60, 80 and 99 ms',
  ).toEqual([100]);
});

test('timers that are due together are called in the order of their times', async () => {
  const { EventLoop } = await load();
  const machine = new Machine();
  const loop = new EventLoop(machine.poller);
  const steps: string[] = [];
  const times = Array.from({ length: 9 }, (_, index) => 10 + index * 10);

  for (const ms of shuffled(times)) {
    loop.callLater(ms, () => {
      steps.push(`${ms} ms`);
      if (ms === 10) loop.callSoon(() => void steps.push('added by the timer of 10 ms'));
    });
  }
  loop.callSoon(() => machine.work(100));
  machine.drive(loop);

  // All are due after the same poll: what one of them adds belongs to the next turn.
  expect(steps).toHappenInOrder([...times.map((ms) => `${ms} ms`), 'added by the timer of 10 ms']);
});

test('timers of the same time are called in the order in which they were set', async () => {
  const { EventLoop } = await load();
  const machine = new Machine();
  const loop = new EventLoop(machine.poller);
  const steps: string[] = [];
  const names = Array.from({ length: 20 }, (_, index) => `timer ${index + 1}`);
  const set = (some: readonly string[], ms: number) => {
    for (const name of some) loop.callLater(ms, () => void steps.push(name));
  };

  const again = 'a function that was set twice';
  const twice = () => void steps.push(again);

  loop.callLater(40, twice);
  set(names.slice(0, 10), 50);
  const sleeper = function* (): Coroutine<void> {
    yield { sleep: 50 };
    steps.push('coroutine');
  };
  loop.spawn(sleeper());
  loop.callLater(20, () => set(names.slice(10), 30));
  loop.callLater(60, twice);
  machine.drive(loop);

  expect(steps).toHappenInOrder([
    again,
    ...names.slice(0, 10),
    'coroutine',
    ...names.slice(10),
    again,
  ]);
});

test('a timer counts from the moment in which it is set', async () => {
  const { EventLoop } = await load();
  const machine = new Machine();
  const loop = new EventLoop(machine.poller);
  const calls: number[] = [];

  loop.callSoon(() => {
    machine.work(30);
    loop.callLater(50, () => calls.push(machine.ms));
  });
  machine.drive(loop);

  expect(calls, 'When a timer of 50 ms was called that was set at 30 ms').toEqual([80]);

  const pause: Wait = { sleep: 50 };
  const sleeper = function* (): Coroutine<number> {
    machine.work(30);
    yield pause;
    return machine.ms;
  };
  const handles = [loop.spawn(sleeper()), loop.spawn(sleeper())];
  machine.drive(loop);

  expect(
    handles.map((handle) => handle.value),
    'When two sleeps of 50 ms were over that began at 110 and 140 ms, by the same `{ sleep: 50 }`',
  ).toEqual([160, 190]);

  loop.callLater(50, () => calls.push(machine.ms));
  machine.work(20);
  machine.drive(loop);

  expect(
    calls.slice(1),
    'When a timer of 50 ms was called that was set at 190 ms; run was called at 210 ms',
  ).toEqual([240]);
});

test('each id wakes those that wait for it, and nobody else', async () => {
  const { EventLoop } = await load();
  const ids = random().shuffle([0, 1, 2, 3, 4, 5]);
  const expected = ids.map((id, index) => ({ id, at: 10 + Math.floor(index / 2) * 10 }));
  const machine = new Machine({ arrivals: expected });
  const loop = new EventLoop(machine.poller);
  const woken: { id: number; at: number }[] = [];
  function* reader(id: number): Coroutine<void> {
    yield { readable: id };
    woken.push({ id, at: machine.ms });
  }

  for (const id of [0, 1, 2]) loop.spawn(reader(id));
  for (const id of [3, 4, 5]) loop.onReadable(id, () => woken.push({ id, at: machine.ms }));
  machine.drive(loop);

  expect(toldById(woken), 'Which ids woke somebody, and when').toEqual(toldById(expected));
});

test('every callback of an id is called once, in the order of the calls', async () => {
  const { EventLoop } = await load();
  const machine = new Machine({ arrivals: [10, 20, 30].map((at) => ({ at, id: 7 })) });
  const loop = new EventLoop(machine.poller);
  const steps: string[] = [];
  const read = (name: string) => void steps.push(`${name} at ${machine.ms} ms`);
  function* reader(): Coroutine<void> {
    yield { readable: 7 };
    read('coroutine');
    yield { readable: 7 };
    read('coroutine');
  }

  loop.onReadable(7, () => {
    read('first');
    loop.onReadable(7, () => read('first again'));
  });
  loop.onReadable(7, () => read('second'));
  const twice = () => read('one function');
  loop.onReadable(7, twice);
  loop.onReadable(7, twice);
  loop.spawn(reader());
  loop.callSoon(() => loop.onReadable(7, () => read('last')));
  loop.callLater(40, () => {});
  machine.drive(loop);

  const names = ['first', 'second', 'one function', 'one function', 'coroutine', 'last'];
  const at10 = names.map((name) => `${name} at 10 ms`);
  expect(steps).toHappenInOrder([...at10, 'first again at 20 ms', 'coroutine at 20 ms']);
});

test('an arrival that nobody waits for hides no other', async () => {
  const { EventLoop } = await load();
  const arrivals = [
    { at: 10, id: 7 },
    { at: 10, id: 8 },
    { at: 30, id: 7 },
    { at: 40, id: 8 },
  ];
  const machine = new Machine({ arrivals });
  const loop = new EventLoop(machine.poller);
  const calls: number[] = [];
  const beside: number[] = [];

  loop.onReadable(8, () => beside.push(machine.ms));
  loop.callLater(20, () => loop.onReadable(7, () => calls.push(machine.ms)));
  machine.drive(loop);

  expect(
    beside,
    'A poll told that 7 and 8 were readable at 10 ms, and somebody waited for 8 only; when that one was called',
  ).toEqual([10]);
  // Kept for the next one who waits for this id: that is right as well.
  if (calls.length === 1 && calls[0] === 20) return;
  expect(calls, 'Id 7 was readable at 10 and 30 ms; somebody waited for it from 20 ms on').toEqual([
    30,
  ]);
});

test('spawn runs nothing yet: the first step is ready like any callback', async () => {
  const { EventLoop } = await load();
  const machine = new Machine();
  const loop = new EventLoop(machine.poller);
  const steps: string[] = [];
  function* second(): Coroutine<void> {
    steps.push('second');
    yield { sleep: 10 };
  }

  loop.callSoon(() => void steps.push('first'));
  loop.spawn(second());
  loop.callSoon(() => void steps.push('third'));
  expect(
    steps,
    'spawn was called, and run was not yet; what ran of the coroutine and the callbacks',
  ).toEqual([]);
  machine.drive(loop);

  expect(steps).toHappenInOrder(['first', 'second', 'third']);

  const inside: string[] = [];
  function* child(): Coroutine<void> {
    inside.push('first step of the child');
    yield { sleep: 10 };
  }
  function* parent(): Coroutine<void> {
    loop.spawn(child());
    inside.push('parent after spawn');
    yield { sleep: 10 };
  }
  loop.spawn(parent());
  loop.callSoon(() => void inside.push('callback of the same turn'));
  machine.drive(loop);

  expect(inside).toHappenInOrder([
    'parent after spawn',
    'callback of the same turn',
    'first step of the child',
  ]);
});

test('a sleep of 0 ms lets the others go on', async () => {
  const { EventLoop } = await load();
  const machine = new Machine();
  const loop = new EventLoop(machine.poller);
  const steps: string[] = [];
  function* polite(name: string): Coroutine<void> {
    for (const step of [1, 2, 3]) {
      steps.push(`${name}${step}`);
      yield { sleep: 0 };
    }
  }

  loop.spawn(polite('a'));
  loop.spawn(polite('b'));
  machine.drive(loop);

  expect(steps).toHappenInOrder(['a1', 'b1', 'a2', 'b2', 'a3', 'b3']);
  expect(machine.ms, 'Milliseconds after which the sleeps of 0 ms were over').toBe(0);
});

test('a handle is done when its coroutine has returned, and has its value', async () => {
  const { EventLoop } = await load();
  const machine = new Machine();
  const loop = new EventLoop(machine.poller);
  const values = [random().nonce(), 0, '', false, null, undefined];
  function* giving(value: unknown, sleeps = 2): Coroutine<unknown> {
    for (let count = 0; count < sleeps; count += 1) yield { sleep: 10 };
    return value;
  }

  const handles = values.map((value) => loop.spawn(giving(value)));
  const atOnce = loop.spawn(giving(values[0], 0));
  const rightAfter: unknown[] = [];
  loop.callSoon(() => rightAfter.push(atOnce.done, atOnce.value));
  const before: boolean[] = [];
  loop.callLater(15, () => before.push(...handles.map((handle) => handle.done)));
  machine.drive(loop);

  expect(before, 'handle.done at 15 ms, of coroutines that need 20 ms').toEqual(
    values.map(() => false),
  );
  expect(
    handles.map((handle) => handle.done),
    'handle.done in the end',
  ).toEqual(values.map(() => true));
  expect(
    handles.map((handle) => handle.value),
    'The values of the handles',
  ).toEqual(values);
  expect(
    [atOnce.done, atOnce.value],
    'handle.done and handle.value of a coroutine that returned in its first step',
  ).toEqual([true, values[0]]);
  expect(
    rightAfter,
    'The same two, as the next callback of that turn saw them, right after the coroutine had returned',
  ).toEqual([true, values[0]]);
});

test('a coroutine that throws fails its handle, and the others go on', async () => {
  const { EventLoop } = await load();
  const machine = new Machine();
  const loop = new EventLoop(machine.poller);
  const failure = new SensorError();
  function* sensor(name: string, error?: Error, ms = 10): Coroutine<string> {
    if (ms > 0) yield { sleep: ms };
    if (error !== undefined) throw error;
    return name;
  }

  const atOnce = loop.spawn(sensor('in its first step', failure, 0));
  const handles = [sensor('a'), sensor('b', failure), sensor('c')].map((each) => loop.spawn(each));
  machine.drive(loop);

  expect(
    [atOnce.done, atOnce.error],
    'handle.done and handle.error of a coroutine that threw in its first step',
  ).toEqual([true, failure]);

  expect(
    handles.map((handle) => handle.done),
    'handle.done of three coroutines, the second of which threw',
  ).toEqual([true, true, true]);
  expect(handles[1]!.error, 'The error of the second handle').toBe(failure);
  const values = handles.map((handle) => handle.value);
  expect(values, 'The values of the three handles, the second of which threw').toEqual([
    'a',
    undefined,
    'c',
  ]);
});

test('join waits for the other coroutine and gives its value', async () => {
  const { EventLoop } = await load();
  const machine = new Machine();
  const loop = new EventLoop(machine.poller);
  const values = [random().nonce(), 0, '', false, null, undefined];
  function* child(value: unknown): Coroutine<unknown> {
    yield { sleep: 10 };
    return value;
  }
  function* parent(value: unknown): Coroutine<unknown> {
    const given = yield { join: loop.spawn(child(value)) };
    return [given, machine.ms];
  }

  const handles = values.map((value) => loop.spawn(parent(value)));
  machine.drive(loop);

  expect(
    handles.map((handle) => handle.value),
    'What each join gave, and when',
  ).toEqual(values.map((value) => [value, 10]));
});

test('join of a coroutine that ended long ago goes on', async () => {
  const { EventLoop } = await load();
  const machine = new Machine();
  const loop = new EventLoop(machine.poller);
  const steps: string[] = [];
  const values = [random().nonce(), 0, '', false, null, undefined];
  const failure = new SensorError();
  function* child(value: unknown, error?: Error): Coroutine<unknown> {
    yield { sleep: 10 };
    if (error !== undefined) throw error;
    steps.push('the other ended');
    return value;
  }
  function* parent(other: Handle<unknown>): Coroutine<unknown> {
    yield { sleep: 50 };
    const given = yield { join: other };
    steps.push(`went on at ${machine.ms} ms`);
    return given;
  }

  const handles = values.map((value) => loop.spawn(parent(loop.spawn(child(value)))));
  const failing = loop.spawn(parent(loop.spawn(child(null, failure))));
  machine.drive(loop);

  expect(failing.error, 'What join threw of a coroutine that had failed long ago').toBe(failure);
  expect(steps).toHappenInOrder([
    ...values.map(() => 'the other ended'),
    ...values.map(() => 'went on at 50 ms'),
  ]);
  expect(
    handles.map((handle) => handle.value),
    'What join gave of coroutines that had returned long ago',
  ).toEqual(values);
});

test('several coroutines can join the same one', async () => {
  const { EventLoop } = await load();
  const machine = new Machine();
  const loop = new EventLoop(machine.poller);
  const woken: string[] = [];
  const value = random().nonce();
  const failure = new SensorError();
  function* child(error?: Error): Coroutine<string> {
    yield { sleep: 10 };
    if (error !== undefined) throw error;
    return value;
  }
  function* parent(name: string, other: Handle<string>): Coroutine<unknown> {
    try {
      return yield { join: other };
    } finally {
      woken.push(name);
    }
  }

  const [other, broken] = [loop.spawn(child()), loop.spawn(child(failure))];
  const names = Array.from('abcdefghijklmnopqrst');
  const joined = names.slice(0, 10).map((name) => loop.spawn(parent(name, other)));
  const failed = names.slice(10).map((name) => loop.spawn(parent(name, broken)));
  machine.drive(loop);

  expect(woken.toSorted(), 'Who went on, of a to t').toEqual(names);
  expect(
    joined.map((handle) => handle.value),
    'What join gave to a to j, who joined the same one',
  ).toEqual(joined.map(() => value));
  expect(
    failed.map((handle) => handle.error),
    'What join threw for k to t, who joined the same one',
  ).toEqual(failed.map(() => failure));
});

test('join throws the error of the other, and it can be caught', async () => {
  const { EventLoop } = await load();
  const machine = new Machine();
  const loop = new EventLoop(machine.poller);
  const failure = new SensorError();
  function* child(): Coroutine<void> {
    yield { sleep: 10 };
    throw failure;
  }
  function* parent(other: Handle<void>, pauses: readonly number[]): Coroutine<unknown> {
    try {
      yield { join: other };
      return 'no error';
    } catch (error) {
      for (const ms of pauses) yield { sleep: ms };
      return error;
    }
  }

  const handle = loop.spawn(parent(loop.spawn(child()), [10]));
  const atOnce = loop.spawn(parent(loop.spawn(child()), []));
  const another = new SensorError();
  function* retelling(other: Handle<void>): Coroutine<void> {
    try {
      yield { join: other };
    } catch {
      throw another;
    }
  }
  const retold = loop.spawn(retelling(loop.spawn(child())));
  machine.drive(loop);

  expect(handle.value, 'What the one that joined caught').toBe(failure);
  expect(atOnce.value, 'What one that joined caught, and returned at once').toBe(failure);
  if (retold.error !== another) {
    expect.fail(
      'One that joined caught the error of the other, and threw an error of its own. The `error` of its handle is not the one it threw.',
    );
  }
});

test('whatever was thrown is an error for the one that joins, undefined too', async () => {
  const { EventLoop } = await load();
  const machine = new Machine();
  const loop = new EventLoop(machine.poller);
  const wentOn: unknown[] = [];
  function* child(ms: number, thrown: unknown): Coroutine<void> {
    yield { sleep: ms };
    throw thrown;
  }
  function* parent(ms: number, thrown: unknown): Coroutine<void> {
    yield { join: loop.spawn(child(ms, thrown)) };
    wentOn.push(thrown);
  }

  function* late(thrown: unknown): Coroutine<void> {
    const other = loop.spawn(child(10, thrown));
    yield { sleep: 50 };
    yield { join: other };
    wentOn.push(thrown);
  }

  const thrown = [undefined, null, 0, '', false, new SensorError()];
  const handles = thrown.map((each, index) => loop.spawn(parent(10 + index, each)));
  const tooLate = thrown.map((each) => loop.spawn(late(each)));
  machine.drive(loop);

  expect(wentOn, 'Errors that were thrown, and that the `yield` of the join did not throw').toEqual(
    [],
  );
  expect(
    handles.map((handle) => handle.error),
    'The errors of those that joined and caught nothing',
  ).toEqual(thrown);
  expect(
    tooLate.map((handle) => handle.error),
    'The errors of those that joined when the other had failed long ago, and caught nothing',
  ).toEqual(thrown);
});

test('run returns at once when there is nothing to do', async () => {
  const { EventLoop } = await load();
  const machine = new Machine();

  machine.drive(new EventLoop(machine.poller));

  expect(machine.ms, 'Milliseconds that run waited').toBe(0);
  expect(waitsOf(machine), 'There was nothing to do; what poll was asked to wait').toEqual([]);
});

test('run returns when all that is left are coroutines that wait for each other', async () => {
  const { EventLoop } = await load();
  const machine = new Machine();
  const loop = new EventLoop(machine.poller);
  const handles: Handle<void>[] = [];
  let ended = 0;
  function* waiting(index: number): Coroutine<void> {
    yield { sleep: 10 };
    try {
      yield { join: handles[index]! };
    } finally {
      ended += 1;
    }
  }

  handles.push(loop.spawn(waiting(1)), loop.spawn(waiting(0)));
  machine.drive(loop);

  expect(
    handles.map((handle) => handle.done),
    'handle.done of two coroutines that join each other',
  ).toEqual([false, false]);
  expect(ended, 'How many of them went on, to their `finally`, and should have stayed').toBe(0);
});

test('run can be called again', async () => {
  const { EventLoop } = await load();
  const machine = new Machine({ arrivals: [5, 15].map((at) => ({ at, id: 7 })) });
  const loop = new EventLoop(machine.poller);
  const steps: string[] = [];
  function* sleeper(name: string): Coroutine<void> {
    yield { sleep: 7 };
    steps.push(`coroutine of the ${name} run`);
  }

  for (const name of ['first', 'second']) {
    loop.callSoon(() => void steps.push(`callback of the ${name} run`));
    loop.onReadable(7, () => void steps.push(`readable in the ${name} run`));
    loop.spawn(sleeper(name));
    loop.callLater(10, () => void steps.push(`timer of the ${name} run`));
    machine.drive(loop);
  }

  const of = (name: string) => [
    `callback of the ${name} run`,
    `readable in the ${name} run`,
    `coroutine of the ${name} run`,
    `timer of the ${name} run`,
  ];
  expect(steps).toHappenInOrder([...of('first'), ...of('second')]);
});

test('two loops share nothing', async () => {
  const { EventLoop } = await load();
  const steps: string[] = [];
  const loops = ['first', 'second'].map((name) => {
    const machine = new Machine({ arrivals: [{ at: 10, id: 7 }] });
    const loop = new EventLoop(machine.poller);
    function* coroutine(): Coroutine<void> {
      steps.push(`${name}: coroutine`);
      yield { sleep: 0 };
    }
    loop.callSoon(() => void steps.push(`${name}: callback`));
    loop.spawn(coroutine());
    loop.onReadable(7, () => void steps.push(`${name}: readable`));
    loop.callLater(20, () => void steps.push(`${name}: timer`));
    return { name, run: () => machine.drive(loop) };
  });
  const whats = ['callback', 'coroutine', 'readable', 'timer'];

  for (const { name, run } of loops) {
    run();
    expect(steps.splice(0).toSorted(), `What happened in the run of the ${name} loop`).toEqual(
      whats.map((what) => `${name}: ${what}`),
    );
  }
});

test('thirty thousand turns run like one', async () => {
  const { EventLoop } = await load();
  const machine = new Machine();
  const loop = new EventLoop(machine.poller);
  function* ticking(): Coroutine<number> {
    let ticks = 0;
    while (ticks < 30_000) {
      yield { sleep: 1 };
      ticks += 1;
    }
    return ticks;
  }

  const handle = loop.spawn(ticking());
  machine.drive(loop);

  expect(handle.value, 'Ticks of a clock that ran for 30 seconds').toBe(30_000);
});

interface Arrival {
  /** Milliseconds since the machine was made. */
  readonly at: number;
  readonly id: number;
}

/** A poller whose time goes on only while it waits, or while a callback works. */
class Machine {
  /** All that a loop gets of it. */
  readonly poller: Poller = Object.freeze({
    now: () => this.#now,
    poll: (timeoutMs: number | null) => this.#poll(timeoutMs),
  });
  /** What poll was asked to wait, call by call. */
  readonly polls: (number | null)[] = [];
  // Time may begin anywhere.
  readonly #began = random().int(1, 2 ** 40);
  #now = this.#began;
  #arrivals: readonly Arrival[];
  #early: readonly number[];
  #idle = 0;
  #failure: KataFailure | null = null;

  constructor(options: { arrivals?: readonly Arrival[]; early?: readonly number[] } = {}) {
    this.#arrivals = options.arrivals ?? [];
    this.#early = options.early ?? [];
  }

  /** Milliseconds since the machine was made. */
  get ms(): number {
    return this.#now - this.#began;
  }

  /** A callback computes for so long. */
  work(ms: number): void {
    this.#now += ms;
    this.#idle = 0;
  }

  /** Runs the loop to its end, and says what it did wrong to the poller, though the loop may have caught the error. */
  drive(loop: EventLoop): void {
    try {
      loop.run();
    } catch (error) {
      if (this.#failure === null && isOfCoroutine(error)) throw new KataFailure(leaves);
      throw this.#failure ?? error;
    }
    if (this.#failure !== null) throw this.#failure;
  }

  #poll(timeoutMs: number | null): readonly number[] {
    this.polls.push(timeoutMs);
    this.#refuse(timeoutMs);
    const limit = timeoutMs === null ? Infinity : this.ms + Math.max(0, timeoutMs);
    const next = Math.min(...this.#arrivals.map(({ at }) => at), ...this.#early);
    const end = Math.max(this.ms, Math.min(limit, next));
    if (end === Infinity) this.#fail(waitsForEver);

    if (end > this.ms) this.#idle = 0;
    this.#now = this.#began + end;
    const ids = this.#arrivals.filter(({ at }) => at <= end).map(({ id }) => id);
    this.#arrivals = this.#arrivals.filter(({ at }) => at > end);
    this.#early = this.#early.filter((at) => at > end);
    return [...new Set(ids)];
  }

  #refuse(timeoutMs: number | null): void {
    this.#idle += 1;
    if (this.#idle > 5000) this.#fail(spins);
    if (this.polls.length > 200_000) this.#fail(tooOften);
    if (timeoutMs === null || Number.isInteger(timeoutMs)) return;
    this.#fail(
      `Your loop called poll(${String(timeoutMs)}): expected whole milliseconds, or null.`,
    );
  }

  #fail(message: string): never {
    this.#failure ??= new KataFailure(message);
    throw this.#failure;
  }
}

/** What a broken sensor throws inside a coroutine. */
class SensorError extends Error {
  override readonly name = 'SensorError';
}

/** Only the coroutines of this file throw such things. */
function isOfCoroutine(error: unknown): boolean {
  return error instanceof SensorError || !(error instanceof Error);
}

const leaves =
  'The error of a coroutine came out of run. It belongs in the handle of that coroutine, and the others go on.';
const waitsForEver =
  'Your loop waits for ever: it called poll(null), but no id will be readable any more.';
const spins =
  'Your loop called poll 5000 times in the same millisecond. It keeps the processor busy instead of waiting in poll.';
const tooOften =
  'Your loop called poll 200,000 times and is still not at its end. Does it take the time from poller.now()?';

const whileReady = 'A callback was ready all the time; what poll was asked to wait, other than 0';
const keptComing = '1000 callbacks of 1 ms came before, each adding the next.';

/** What poll was asked to wait, without the calls that only looked. */
function waitsOf(machine: Machine): (number | null)[] {
  return machine.polls.filter((timeoutMs) => timeoutMs !== 0);
}

/** Callbacks of 1 ms, each adding the next, until `over` or 1000 of them have run; gives how many ran. */
function keepComing(loop: EventLoop, machine: Machine, over: () => boolean): () => number {
  let calls = 0;
  const call = (): void => {
    calls += 1;
    machine.work(1);
    if (!over() && calls < 1000) loop.callSoon(call);
  };
  loop.callSoon(call);
  return () => calls;
}

/** In another order: neither as they were, nor backwards. */
function shuffled(times: readonly number[]): number[] {
  const numbers = random();
  for (;;) {
    const order = numbers.shuffle(times);
    const known = [times, times.toReversed()].map(String);
    if (!known.includes(String(order))) return order;
  }
}

/** `id 3 at 10 ms`, in the order of the ids. */
function toldById(list: readonly Arrival[]): string[] {
  return list.map(({ id, at }) => `id ${id} at ${at} ms`).toSorted();
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
