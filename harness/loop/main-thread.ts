import fs from 'node:fs';
import type { Glimpse } from './silence.ts';

/**
 * Reads, from another thread, how the main thread of this process fares. Linux only; elsewhere it is taken to run.
 *
 * The main thread's id is the process's (`man 2 gettid`).
 */
export function glimpseOfMainThread(): Omit<Glimpse, 'at' | 'beats'> & { readonly queued: number } {
  const folder = `/proc/self/task/${process.pid}`;
  // on a CPU, in line for one, slices; in nanoseconds (https://docs.kernel.org/scheduler/sched-stats.html)
  const [ran, queued] = read(`${folder}/schedstat`).split(' ');
  // cpu user nice system idle iowait irq softirq steal …, in hundredths of a second
  const stolen = Number(read('/proc/stat').split('\n', 1)[0]!.split(/\s+/)[8] ?? 0) * 10;
  // The state follows the name, which may hold any character but ends with the last parenthesis (`man 5 proc`).
  const state = read(`${folder}/stat`).split(') ').at(-1)!.charAt(0);
  return {
    ran: ran ? Number(ran) / 1e6 : null,
    queued: Number(queued ?? 0) / 1e6,
    stolen,
    asleep: state === 'S',
    waitsForDisk: state === 'D',
  };
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
