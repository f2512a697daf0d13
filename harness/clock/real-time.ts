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
  hrtime: process.hrtime,
  hrtimeBigint: process.hrtime.bigint.bind(process.hrtime),
  abortSignalTimeout: AbortSignal.timeout.bind(AbortSignal),
  promisedTimeout: timersPromises.setTimeout,
  promisedInterval: timersPromises.setInterval,
  schedulerWait: timersPromises.scheduler.wait.bind(timersPromises.scheduler),
} as const;
