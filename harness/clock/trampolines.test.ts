import { once } from 'node:events';
import { setTimeout as namedImport } from 'node:timers';
import timersPromises, {
  scheduler,
  setInterval as every,
  setTimeout as sleep,
} from 'node:timers/promises';
import { performance as importedPerformance } from 'node:perf_hooks';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { inVirtualTime } from './in-virtual-time.ts';
import { installTrampolines } from './trampolines.ts';

installTrampolines();
const captured = setTimeout;
const promisified = promisify(setTimeout);

async function takeThreeTicks(): Promise<void> {
  let ticks = 0;
  for await (const _ of every(1000)) {
    ticks += 1;
    if (ticks === 3) return;
  }
}

test.each<[string, () => Promise<unknown>, number]>([
  ['global setTimeout', () => new Promise((resolve) => setTimeout(resolve, 1000)), 1000],
  [
    'a setTimeout captured at import',
    () => new Promise((resolve) => captured(resolve, 1000)),
    1000,
  ],
  [
    'named setTimeout of node:timers',
    () => new Promise((resolve) => namedImport(resolve, 1000)),
    1000,
  ],
  ['a setTimeout promisified at import', () => promisified(1000), 1000],
  ['named setTimeout of node:timers/promises', () => sleep(1000), 1000],
  ['default import of node:timers/promises', () => timersPromises.setTimeout(1000), 1000],
  ['scheduler.wait', () => scheduler.wait(1000), 1000],
  ['setInterval of node:timers/promises', takeThreeTicks, 3000],
  ['AbortSignal.timeout', () => once(AbortSignal.timeout(1000), 'abort'), 1000],
])('%s takes exact virtual time', async (_name, work, expected) => {
  const { virtualMs } = await inVirtualTime(work);

  expect(virtualMs).toBe(expected);
});

test('every clock moves by the same amount', async () => {
  const read = () => [
    Date.now(),
    new Date().getTime(),
    performance.now(),
    importedPerformance.now(),
    Number(process.hrtime.bigint()) / 1e6,
  ];

  const { value } = await inVirtualTime(async () => {
    const before = read();
    const [seconds, nanoseconds] = process.hrtime(process.hrtime());
    await sleep(777);
    const passed = read().map((after, index) => Math.round(after - before[index]!));
    return { passed, hrtime: [seconds, nanoseconds] };
  });

  expect(value).toEqual({ passed: [777, 777, 777, 777, 777], hrtime: [0, 0] });
});

test.runIf('Temporal' in globalThis)('Temporal moves by the same amount', async () => {
  const { value } = await inVirtualTime(async () => {
    const [instant, plain] = [Temporal.Now.instant(), Temporal.Now.plainDateTimeISO('UTC')];
    const date = Temporal.Now.instant().epochMilliseconds - Date.now();
    await sleep(777);
    return [
      Temporal.Now.instant().since(instant).total('milliseconds'),
      Temporal.Now.plainDateTimeISO('UTC').since(plain).total('milliseconds'),
      Temporal.Now.zonedDateTimeISO().epochMilliseconds - instant.epochMilliseconds,
      date,
    ];
  });

  expect(value).toEqual([777, 777, 777, 0]);
  expect(Math.abs(Temporal.Now.instant().epochMilliseconds - Date.now())).toBeLessThan(60_000);
});

test('marks and measures move by the same amount', async () => {
  const { value } = await inVirtualTime(async () => {
    const mark = performance.mark('began');
    performance.mark('given', { startTime: mark.startTime + 100 });
    await sleep(777);
    performance.mark('ended');
    const measures = [
      performance.measure('a', 'began'),
      performance.measure('b', { start: mark.startTime }),
      performance.measure('c', 'began', 'ended'),
      performance.measure('d', { start: 'began', end: 'given' }),
      performance.measure('e', { start: 'began', duration: 5 }),
    ];
    return [
      mark.startTime - performance.now(),
      performance.measure('f').startTime,
      ...measures.map(({ duration }) => duration),
    ].map(Math.round);
  });

  expect(value).toEqual([-777, 0, 777, 777, 777, 100, 5]);
  const { startTime } = performance.mark('real');
  expect(Math.abs(performance.now() - startTime)).toBeLessThan(60_000);
});

test('event loop utilization stays that of the real loop', async () => {
  const { value } = await inVirtualTime(async () => {
    const before = performance.eventLoopUtilization();
    await sleep(500);
    return performance.eventLoopUtilization(before);
  });

  expect(value.active).toBeGreaterThanOrEqual(0);
  expect(value.utilization).toBeLessThanOrEqual(1);
});

test('Date stays a Date in either time', async () => {
  const check = () => {
    expect(new Date()).toBeInstanceOf(Date);
    expect(new Date().constructor).toBe(Date);
    expect(new Date(0).toISOString()).toBe('1970-01-01T00:00:00.000Z');
    expect(new Date(2020, 1, 29).getDate()).toBe(29);
    expect(Reflect.apply(Date, undefined, [])).toBeTypeOf('string');
    expect([Date.name, Date.length, Date.UTC(1970)]).toEqual(['Date', 7, 0]);
    class Moment extends Date {}
    expect(new Moment()).toBeInstanceOf(Moment);
  };

  check();
  await inVirtualTime(check);
});

test('real time rules before and after a virtual clock', async () => {
  await inVirtualTime(() => sleep(3_600_000));

  const before = performance.now();
  await sleep(5);

  expect(performance.now() - before).toBeGreaterThan(4);
  expect(Math.abs(Date.now() - performance.timeOrigin - performance.now())).toBeLessThan(60_000);
});
