import type { Span, SpanOutcome } from '../trace/span.ts';
import { currentTrace } from '../trace/trace.ts';
import type { TimerOutcome, TimerRecord } from './timer-record.ts';
import { VirtualClock, type ClockOptions, type VirtualRun } from './virtual-clock.ts';

/** What came of work in virtual time. */
export interface InVirtualTime<T> extends VirtualRun<T> {
  /** Every timer that was started, in the order of their start. */
  readonly timers: readonly TimerRecord[];
  /** The learner's timers that were pending when the work had settled. */
  readonly leftBehind: readonly TimerRecord[];
}

/**
 * Runs `work` under a virtual clock of its own, which begins at 0 ms and is gone when the promise settles. The trace
 * of the test is begun anew, and the learner's timers are added to it.
 *
 * Rejects with what `work` rejects with, or with the clock's own error.
 *
 * @example
 * const { value, virtualMs } = await inVirtualTime(() => fetchAll(urls));
 */
export async function inVirtualTime<T>(
  work: (clock: VirtualClock) => T | Promise<T>,
  options: ClockOptions = {},
): Promise<InVirtualTime<T>> {
  const clock = VirtualClock.install(options);
  const trace = currentTrace();
  let leftBehind: readonly TimerRecord[] = [];
  let timers: readonly TimerRecord[] = [];
  let run: VirtualRun<T>;
  try {
    trace.restart({ virtual: true });
    run = await clock.run(() => work(clock));
  } finally {
    leftBehind = clock.uninstall();
    trace.stop();
    trace.virtualMs += clock.now;
    timers = await clock.readTimers();
    for (const span of learnerSpans(timers)) trace.add(span);
  }
  return { ...run, timers, leftBehind };
}

const spanOutcomes: Readonly<Record<TimerOutcome, SpanOutcome>> = {
  pending: 'open',
  fired: 'done',
  cleared: 'cancelled',
};

function learnerSpans(timers: readonly TimerRecord[]): Span[] {
  return timers
    .filter(({ owner }) => owner === 'learner')
    .map((timer) => ({
      label: `${timer.kind.replace('timers/promises.', '')}(${timer.delayMs})`,
      kind: 'timer',
      start: timer.start,
      end: timer.end,
      outcome: spanOutcomes[timer.outcome],
      due: timer.outcome === 'pending' ? timer.start + timer.delayMs : undefined,
      where: timer.where,
    }));
}
