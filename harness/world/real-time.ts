import { performance } from 'node:perf_hooks';

const { nodeTiming } = performance;

/**
 * Real milliseconds since the process began.
 *
 * Read from `performance.nodeTiming`, which no virtual clock replaces, so that it is true whenever this file was loaded.
 */
export function realNow(): number {
  return nodeTiming.duration;
}

/** Milliseconds of CPU that this thread has used: stands still while the machine gives it none. */
export function threadCpuNow(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
