import type {
  PerformanceMarkOptions,
  PerformanceMeasureOptions,
  PerformanceMark,
  PerformanceMeasure,
} from 'node:perf_hooks';
import { real } from '../trace/real-time.ts';
import { rulingClock } from './ruling-clock.ts';

/** `Date.now()` in the time that rules. */
function dateNow(): number {
  const clock = rulingClock();
  if (!clock) return real.dateNow();
  clock.countRead();
  return Math.floor(clock.epochMs + clock.now);
}

/** `performance.now()` in the time that rules. */
export function performanceNow(): number {
  const clock = rulingClock();
  if (!clock) return real.now();
  clock.countRead();
  return clock.performanceMs + clock.now;
}

/** `performance.mark` in the time that rules, unless it is given its moment. */
export function performanceMark(name: string, options?: PerformanceMarkOptions): PerformanceMark {
  if (!rulingClock()) return real.performanceMark(name, options);
  return real.performanceMark(name, {
    ...options,
    startTime: options?.startTime ?? performanceNow(),
  });
}

/** `performance.measure` in the time that rules: what is given no end ends now (https://www.w3.org/TR/user-timing/#measure-method). */
export function performanceMeasure(
  name: string,
  startOrOptions?: string | PerformanceMeasureOptions,
  endMark?: string,
): PerformanceMeasure {
  if (!rulingClock() || endMark !== undefined) {
    return real.performanceMeasure(name, startOrOptions as string, endMark);
  }
  const options =
    typeof startOrOptions === 'object' ? startOrOptions : { start: startOrOptions ?? 0 };
  const { start, end, duration } = options;
  const isWhole = end !== undefined || (start !== undefined && duration !== undefined);
  return real.performanceMeasure(name, isWhole ? options : { ...options, end: performanceNow() });
}

function hrtimeBigint(): bigint {
  const clock = rulingClock();
  if (!clock) return real.hrtimeBigint();
  clock.countRead();
  return clock.hrtimeNs + BigInt(Math.round(clock.now * 1e6));
}

/** `process.hrtime` in the time that rules. */
export const hrtime = Object.assign(
  (previous?: [number, number]): [number, number] => {
    if (!rulingClock()) return real.hrtime(previous);
    const earlier = previous ? BigInt(previous[0]) * 1_000_000_000n + BigInt(previous[1]) : 0n;
    const nanoseconds = hrtimeBigint() - earlier;
    const seconds = nanoseconds / 1_000_000_000n;
    return [Number(seconds), Number(nanoseconds - seconds * 1_000_000_000n)];
  },
  { bigint: hrtimeBigint },
);

/**
 * `Date` in the time that rules. It shares the prototype of Node's own, so that `instanceof` holds for both and for the
 * dates that Node makes itself (those of `fs.stat`, for one).
 */
export const VirtualDate = makeDate();

function makeDate(): DateConstructor {
  function VirtualDate(...parameters: unknown[]): unknown {
    if (!new.target) return new real.Date(dateNow()).toString();
    const given = parameters.length === 0 ? [dateNow()] : parameters;
    return Reflect.construct(real.Date, given, new.target);
  }
  Object.defineProperty(VirtualDate, 'name', { value: 'Date', configurable: true });
  Object.defineProperty(VirtualDate, 'length', { value: real.Date.length, configurable: true });
  return Object.assign(VirtualDate, {
    prototype: real.Date.prototype,
    now: dateNow,
    parse: real.Date.parse,
    UTC: real.Date.UTC,
  }) as unknown as DateConstructor;
}
