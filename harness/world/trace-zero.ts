import type { Trace } from '../trace/trace.ts';

/**
 * The machine's monotonic time, in ms, at which `trace` counts zero: by it the traces of two threads can be compared.
 *
 * Only sensible on real time.
 */
export function zeroOf(trace: Trace): number {
  // The thread may lose its CPU between the two readings of one pair; in the least of several it did not.
  const readings = Array.from({ length: 5 }, () => {
    const sinceZero = trace.now();
    return Number(process.hrtime.bigint()) / 1e6 - sinceZero;
  });
  return Math.min(...readings);
}
