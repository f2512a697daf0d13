import { AsyncLocalStorage } from 'node:async_hooks';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inVirtualTime } from './in-virtual-time.ts';
import { installTrampolines } from './trampolines.ts';
import { armedTimers, endIdleTimers } from './virtual-timer.ts';

installTrampolines();

test('timers fire in the order of their time, and of their start where times are equal', async () => {
  const order: string[] = [];

  await inVirtualTime(async () => {
    setTimeout(() => order.push('second'), 20);
    setTimeout(() => order.push('third'), 20);
    setTimeout(() => order.push('first'), 10);
    await sleep(20);
  });

  expect(order).toEqual(['first', 'second', 'third']);
});

test('ticks, microtasks and immediates run, in this order, between two timers that are due together', async () => {
  const order: string[] = [];

  await inVirtualTime(async () => {
    setTimeout(() => {
      order.push('timer 1');
      queueMicrotask(() => order.push('microtask'));
      process.nextTick(() => order.push('tick'));
      setImmediate(() => order.push('immediate'));
    }, 10);
    setTimeout(() => order.push('timer 2'), 10);
    await sleep(10);
  });

  expect(order).toEqual(['timer 1', 'tick', 'microtask', 'immediate', 'timer 2']);
});

test('a callback gets its arguments and the asynchronous context of its start', async () => {
  const storage = new AsyncLocalStorage<string>();

  const { value } = await inVirtualTime(
    () =>
      new Promise((resolve) => {
        const report = (name: string) => resolve(`${name} of ${storage.getStore()}`);
        storage.run('request 7', () => setTimeout(report, 10, 'reply'));
      }),
  );

  expect(value).toBe('reply of request 7');
});

test('an interval ticks until its own callback clears it', async () => {
  const ticks: number[] = [];

  const { timers, leftBehind } = await inVirtualTime(async () => {
    const start = performance.now();
    const interval = setInterval(() => {
      ticks.push(performance.now() - start);
      if (ticks.length === 3) clearInterval(interval);
    }, 100);
    await sleep(1000);
  });

  expect(ticks).toEqual([100, 200, 300]);
  expect(timers[0]).toMatchObject({ kind: 'setInterval', start: 0, end: 300, outcome: 'cleared' });
  expect(leftBehind).toEqual([]);
});

test('refresh starts the delay anew, also after the timer fired, but not once it was cleared', async () => {
  const fired: number[] = [];

  await inVirtualTime(async () => {
    const start = performance.now();
    const timer = setTimeout(() => fired.push(performance.now() - start), 100);
    await sleep(60);
    timer.refresh();
    await sleep(200);
    timer.refresh();
    await sleep(200);
    clearTimeout(timer);
    timer.refresh();
    await sleep(200);
  });

  expect(fired).toEqual([160, 360]);
});

test.each<[string, (timer: NodeJS.Timeout) => void]>([
  ['handle', (timer) => clearTimeout(timer)],
  ['number', (timer) => clearTimeout(Number(timer))],
  ['number as text', (timer) => clearTimeout(String(Number(timer)))],
  ['handle, by clearInterval', (timer) => clearInterval(timer)],
  ['own close', (timer) => timer.close()],
  ['disposal', (timer) => timer[Symbol.dispose]()],
])('a timer is cleared by its %s', async (_name, clear) => {
  let fired = false;

  const { timers } = await inVirtualTime(async () => {
    const timer = setTimeout(() => (fired = true), 10);
    clear(timer);
    await sleep(20);
  });

  expect(fired).toBe(false);
  expect(timers[0]).toMatchObject({ outcome: 'cleared', end: 0 });
});

test('clearing nothing, or what is no timer of ours, does nothing', async () => {
  const { virtualMs } = await inVirtualTime(async () => {
    clearTimeout(undefined);
    clearTimeout(123);
    clearInterval('nothing');
    await sleep(10);
  });

  expect(virtualMs).toBe(10);
});

test('ref, unref and hasRef agree', async () => {
  await inVirtualTime(() => {
    const timer = setTimeout(() => {}, 10);
    expect(timer.hasRef()).toBe(true);
    expect(timer.unref().hasRef()).toBe(false);
    expect(timer.ref().hasRef()).toBe(true);
    timer.close();
  });
});

test('a delay that does not fit into 31 bits is taken as one millisecond, with a warning', async () => {
  const warned = once(process, 'warning');

  const { virtualMs } = await inVirtualTime(
    () => new Promise((resolve) => setTimeout(resolve, 2 ** 31)),
  );

  expect(virtualMs).toBe(1);
  expect(await warned).toEqual([expect.objectContaining({ name: 'TimeoutOverflowWarning' })]);
});

test.each([0, -5, Number.NaN, undefined])(
  'a delay of %s is taken as one millisecond',
  async (delay) => {
    const { virtualMs } = await inVirtualTime(
      () => new Promise((resolve) => setTimeout(resolve, delay)),
    );

    expect(virtualMs).toBe(1);
  },
);

test('what is no function is refused as Node refuses it', async () => {
  await inVirtualTime(() => {
    expect(() => Reflect.apply(setTimeout, undefined, ['code', 1])).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
    );
  });
});

test('a timer outlives its clock: refresh arms it on the clock that rules then', async () => {
  let fired = 0;
  const timer = setTimeout(() => (fired += 1), 1000);

  await inVirtualTime(() => sleep(1500));
  const first = fired;
  await inVirtualTime(async () => {
    timer.refresh();
    await sleep(999);
    expect(fired).toBe(first);
    await sleep(1);
  });

  expect([first, fired]).toEqual([1, 2]);
});

test('a timer of real time is pending still when a clock has come and gone', async () => {
  const armedBefore = armedTimers.size;
  const timer = setTimeout(() => {}, 60_000);

  await inVirtualTime(() => sleep(10_000));

  expect(armedTimers.size).toBe(armedBefore + 1);
  clearTimeout(timer);
  expect(armedTimers.size).toBe(armedBefore);
});

test('timers that keep no process alive can be ended, and reach no later clock', async () => {
  const rang = new Set<string>();
  const idle = setInterval(() => rang.add('idle'), 2000).unref();
  const busy = setInterval(() => rang.add('busy'), 2000);
  const signal = AbortSignal.timeout(1000);

  endIdleTimers();
  const { timers } = await inVirtualTime(() => sleep(5000));
  clearInterval(busy);
  clearInterval(idle);

  expect([...rang]).toEqual(['busy']);
  // What was started before the clock is none of its timers.
  expect(timers.map(({ kind }) => kind)).toEqual(['timers/promises.setTimeout']);
  expect(signal.aborted).toBe(false);
});
