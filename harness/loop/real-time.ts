import { performance } from 'node:perf_hooks';

/**
 * The machine's own timers and clocks, taken when this module loads.
 *
 * A virtual clock replaces the public ones later. The probe and the watchdog judge real time, so they must not be
 * answered by that clock, nor be held by it.
 */
export const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  setImmediate: globalThis.setImmediate,
  clearImmediate: globalThis.clearImmediate,
  hrtime: process.hrtime.bigint.bind(process.hrtime),
  nodeTiming: performance.nodeTiming,
};

/** Milliseconds on the monotonic clock; only differences mean something. */
export function realNow(): number {
  return Number(real.hrtime()) / 1e6;
}

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
