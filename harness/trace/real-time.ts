import { performance } from 'node:perf_hooks';
import timersPromises from 'node:timers/promises';

/**
 * Time as the machine knows it, whatever a virtual clock says: the functions as they were before any trampoline.
 *
 * This module is imported before learner code and before `installTrampolines()`, so that what it captures is Node's own.
 */
export const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  setImmediate: globalThis.setImmediate,
  clearImmediate: globalThis.clearImmediate,
  Date: globalThis.Date,
  /** Milliseconds since the epoch. */
  dateNow: globalThis.Date.now,
  /** Milliseconds since the process began, with fractions. */
  now: performance.now.bind(performance),
  performanceMark: performance.mark.bind(performance),
  performanceMeasure: performance.measure.bind(performance),
  nodeTiming: performance.nodeTiming,
  hrtime: process.hrtime,
  hrtimeBigint: process.hrtime.bigint.bind(process.hrtime),
  abortSignalTimeout: AbortSignal.timeout.bind(AbortSignal),
  promisedTimeout: timersPromises.setTimeout,
  promisedInterval: timersPromises.setInterval,
  schedulerWait: timersPromises.scheduler.wait.bind(timersPromises.scheduler),
} as const;

/** Settles in the next turn of the real event loop. */
export function realTurn(): Promise<void> {
  return new Promise((resolve) => {
    real.setImmediate(resolve);
  });
}

/** Settles after `ms` real milliseconds. */
export function realDelay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    real.setTimeout(resolve, ms);
  });
}

/** Milliseconds of CPU that this thread has used: stands still while the machine gives it none. */
export function threadCpuNow(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
