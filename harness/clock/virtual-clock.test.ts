import { execFile } from 'node:child_process';
import { pbkdf2 } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { createGzip } from 'node:zlib';
import { afterEach, expect, test, vi } from 'vitest';
import { real } from '../trace/real-time.ts';
import { collected } from './fixtures/collected.ts';
import { installTrampolines } from './trampolines.ts';
import { VirtualClock } from './virtual-clock.ts';

installTrampolines();
// A safety net alone: a busy machine may be slow.
vi.setConfig({ testTimeout: 60_000 });
afterEach(() => VirtualClock.active?.uninstall());

const never = () => new Promise<never>(() => {});

test('a run tells its value, its virtual time and its real time', async () => {
  using clock = VirtualClock.install();
  const realStart = real.now();

  const first = await clock.run(() => sleep(400, 'done'));
  const second = await clock.run(() => sleep(600));

  expect(first).toMatchObject({ value: 'done', virtualMs: 400 });
  expect(second.virtualMs).toBe(600);
  expect(clock.now).toBe(1000);
  expect(first.realMs + second.realMs).toBeLessThanOrEqual(real.now() - realStart);
});

test('a run rejects with the very error of its work, thrown or rejected', async () => {
  using clock = VirtualClock.install();
  const error = new Error('mine');

  const thrown = clock.run(() => {
    throw error;
  });
  await expect(thrown).rejects.toBe(error);
  await expect(clock.run(() => Promise.reject(error))).rejects.toBe(error);
});

test.each<[string, () => Promise<unknown>]>([
  ['a file operation', () => readFile(process.execPath)],
  ['a child process', () => promisify(execFile)(process.execPath, ['--version'])],
  ['work of the thread pool', () => promisify(pbkdf2)('secret', 'salt', 50_000, 64, 'sha512')],
])('%s is done before a timer of one millisecond', async (_name, work) => {
  using clock = VirtualClock.install();

  const { value, virtualMs } = await clock.run(() =>
    Promise.race([work().then(() => 'work'), sleep(1).then(() => 'timer')]),
  );

  expect([value, virtualMs]).toEqual(['work', 0]);
});

test('work that yields with setImmediate is done before a timer of one millisecond', async () => {
  using clock = VirtualClock.install();
  const slices = async () => {
    for (let slice = 0; slice < 500; slice += 1) await nextTurn();
    return 'slices';
  };

  const { value } = await clock.run(() => Promise.race([slices(), sleep(1, 'timer')]));

  expect(value).toBe('slices');
});

test('a loop that polls with setImmediate does not keep timers from firing', async () => {
  using clock = VirtualClock.install();

  const { virtualMs } = await clock.run(async () => {
    const poll = { done: false };
    setTimeout(() => (poll.done = true), 100);
    while (!poll.done) await nextTurn();
  });

  expect(virtualMs).toBe(100);
});

test('a held promise keeps time still until it settles', async () => {
  using clock = VirtualClock.install();
  const later = () => new Promise((resolve) => real.setTimeout(resolve, 20, 'held'));

  const { value, virtualMs } = await clock.run(() =>
    Promise.race([clock.hold(later(), 'a far answer'), sleep(1, 'timer')]),
  );

  expect([value, virtualMs]).toEqual(['held', 0]);
});

test('a wait that looks again in every turn is told as such', async () => {
  using clock = VirtualClock.install({ deadlockMs: 50, heldMs: 500 });
  let stop = false;

  const run = clock.run(
    () =>
      new Promise<void>((resolve) => {
        const end = Date.now() + 1000;
        const look = (): void => {
          if (stop || Date.now() >= end) resolve();
          else setImmediate(look);
        };
        look();
      }),
  );

  await expect(run).rejects.toMatchObject({
    name: 'VirtualDeadlockError',
    message: expect.stringContaining('it looks again in every turn of the event loop'),
    advice: expect.stringContaining('with a timer'),
  });
  stop = true;
});

test('where nothing is open that could wake the program, a deadlock is told in a third of the time', async () => {
  using clock = VirtualClock.install({ deadlockMs: 4500, heldMs: 60_000 });
  const began = real.now();

  await expect(clock.run(never)).rejects.toMatchObject({ name: 'VirtualDeadlockError' });

  // A third is 1500 ms, far from it.
  expect(real.now() - began).toBeLessThan(4500);
});

test.each<[string, () => { close: () => unknown }]>([
  ['a port', () => new BroadcastChannel('open')],
  ['a server', () => createServer().listen(0)],
  ['a stream that compresses', () => createGzip()],
])('where %s is open, a deadlock is told after the whole of it', async (_what, open) => {
  using clock = VirtualClock.install({ deadlockMs: 400 });
  using opened = new DisposableStack();
  const began = real.now();

  const run = clock.run(() => {
    opened.adopt(open(), (one) => one.close());
    return never();
  });

  await expect(run).rejects.toMatchObject({ name: 'VirtualDeadlockError' });
  expect(real.now() - began).toBeGreaterThanOrEqual(400);
});

test('a wait that nothing can end is a deadlock, and names the last timer', async () => {
  using clock = VirtualClock.install();

  const run = clock.run(async () => {
    await sleep(50);
    await never();
  });

  await expect(run).rejects.toMatchObject({
    name: 'VirtualDeadlockError',
    kind: 'deadlock',
    message: expect.stringMatching(
      /still waiting at 50 ms.*no timer is pending.*\n.*setTimeout\(50\) at harness\/clock\/virtual-clock\.test\.ts:\d+, fired at 50 ms/,
    ),
  });
});

test('an interval that nobody clears is a runaway with its line', async () => {
  using clock = VirtualClock.install({ maxTimers: 500 });

  const run = clock.run(() => {
    setInterval(() => {}, 10);
    return never();
  });

  await expect(run).rejects.toMatchObject({
    kind: 'runaway',
    message: expect.stringMatching(
      /without end: 500 .* 5000 ms.*\n.*setInterval\(10\) at .*virtual-clock\.test\.ts:\d+/,
    ),
    location: { file: expect.stringContaining('virtual-clock.test.ts') },
  });
});

test('timers that start one another without end are a runaway', async () => {
  using clock = VirtualClock.install({ maxTimers: 500 });

  const run = clock.run(async () => {
    for (;;) await sleep(10);
  });

  await expect(run).rejects.toMatchObject({ kind: 'runaway' });
});

test('real work without end holds the clock, which tells for what', async () => {
  using clock = VirtualClock.install({ heldMs: 50 });

  const run = clock.run(() => clock.hold(never(), 'an answer from the moon'));

  await expect(run).rejects.toMatchObject({
    kind: 'held',
    message: expect.stringContaining('waiting for an answer from the moon'),
  });
});

test("an error in a timer's callback fails the run, and the clock stays usable", async () => {
  using clock = VirtualClock.install();
  const error = new TypeError('nobody is listening');

  const run = clock.run(async () => {
    setTimeout(() => {
      throw error;
    }, 10);
    await sleep(20);
  });

  await expect(run).rejects.toMatchObject({
    kind: 'unhandled',
    cause: error,
    message: expect.stringContaining('TypeError: nobody is listening'),
    location: { file: expect.stringContaining('virtual-clock.test.ts') },
  });
  expect((await clock.run(() => sleep(5))).virtualMs).toBe(5);
});

test("an interval goes on after its callback threw, as Node's does", async () => {
  using clock = VirtualClock.install();
  let ticks = 0;

  const run = clock.run(async () => {
    setInterval(() => {
      ticks += 1;
      if (ticks === 1) throw new Error('first tick');
    }, 10);
    await never();
  });
  await expect(run).rejects.toMatchObject({ kind: 'unhandled' });
  await clock.run(() => sleep(30));

  expect(ticks).toBeGreaterThan(2);
});

test('the timers left behind are told, and never fire', async () => {
  const clock = VirtualClock.install();
  let fired = false;
  await clock.run(async () => {
    setTimeout(() => (fired = true), 5);
    setInterval(() => {}, 60_000);
  });

  const leftBehind = clock.uninstall();
  await sleep(20);

  expect(leftBehind).toMatchObject([
    { kind: 'setTimeout', delayMs: 5, owner: 'learner', outcome: 'pending' },
    { kind: 'setInterval', delayMs: 60_000 },
  ]);
  expect([fired, clock.uninstall()]).toEqual([false, []]);
});

test('who keeps a timer that has fired keeps no callback of another one', async () => {
  using clock = VirtualClock.install();
  let kept: unknown;

  const { value: callback } = await clock.run(async () => {
    kept = setTimeout(() => {}, 5);
    const weak = startAndForget();
    await sleep(20);
    await collected(weak);
    return weak.deref();
  });

  expect(callback).toBeUndefined();
  expect(kept).toBeDefined();
});

function startAndForget(): WeakRef<object> {
  const result = { of: 'a long computation' };
  setTimeout(() => result, 10);
  return new WeakRef(result);
}

test('a second clock and a second run are refused', async () => {
  using clock = VirtualClock.install();
  const first = clock.run(() => sleep(10));

  expect(() => VirtualClock.install()).toThrow('still installed');
  await expect(clock.run(() => {})).rejects.toThrow('Expected one run at a time');
  await first;
});

test('a run whose clock is taken away rejects', async () => {
  const clock = VirtualClock.install();
  const run = clock.run(() => sleep(10));

  clock.uninstall();

  await expect(run).rejects.toThrow('it was uninstalled before');
});
