import fs from 'node:fs';
import os from 'node:os';
import type { Glimpse } from './silence.ts';

/**
 * Reads, from another thread, how the main thread of this process fares. Only Linux tells of single threads; elsewhere `ran` is the most that it
 * may have run or slept in a call: what this process ran, and what the processors of the machine were idle.
 *
 * The main thread's id is the process's (`man 2 gettid`).
 *
 * @param read gives the text of a file, and an empty one where there is none; only tests name another one
 */
export function glimpseOfMainThread(
  read = textOf,
): Omit<Glimpse, 'at' | 'beats'> & { readonly queued: number } {
  const folder = `/proc/self/task/${process.pid}`;
  // on a CPU, in line for one, slices; in nanoseconds (https://docs.kernel.org/scheduler/sched-stats.html)
  const [ran, queued] = read(`${folder}/schedstat`).split(' ');
  // cpu user nice system idle iowait irq softirq steal …, in hundredths of a second
  const stolen = Number(read('/proc/stat').split('\n', 1)[0]!.split(/\s+/)[8] ?? 0) * 10;
  // The state follows the name, which may hold any character but ends with the last parenthesis (`man 5 proc`).
  const state = read(`${folder}/stat`).split(') ').at(-1)!.charAt(0);
  return {
    ran: ran ? Number(ran) / 1e6 : ranAtMost(),
    queued: Number(queued ?? 0) / 1e6,
    stolen,
    asleep: state === 'S',
    waitsForDisk: state === 'D',
  };
}

/** While a processor is idle, no thread stands in line for one. */
function ranAtMost(): number {
  const { user, system } = process.cpuUsage();
  const processors = os.cpus();
  if (processors.length === 0) return performance.now();
  return (user + system) / 1000 + processors.reduce((sum, { times }) => sum + times.idle, 0);
}

function textOf(file: string): string {
  try {
    return fs.readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
