import type { ThreadReading } from './thread-meter.ts';

/** How a hold was spent: using the CPU, or asleep in a call that does not return to the loop. */
export type HoldCause = 'computing' | 'asleep';

/** One stretch between two heartbeats, that is at most one turn of the loop; milliseconds. */
export interface LoopGap {
  readonly from: number;
  readonly to: number;
  readonly heldMs: number;
  readonly cause: HoldCause;
  /** How much of `heldMs` may not be the program's: what a hypervisor took from this machine meanwhile. */
  readonly doubtMs: number;
  /** How long the thread stood in line for a CPU, by the system's own books; 0 where it does not tell. */
  readonly queuedMs: number;
}

/**
 * Tells how long the thread was held between two readings: the greater of its CPU time and its time asleep outside the
 * loop's own waiting. Time in which the machine gave the thread no CPU counts as neither.
 *
 * @param asleepMs time known to have been slept in synchronous calls, for systems whose readings do not tell it
 */
export function gapBetween(
  before: ThreadReading,
  after: ThreadReading,
  asleepMs: number | null = null,
): LoopGap {
  const cpu = after.cpu - before.cpu;
  const asleep = asleepMs ?? asleepBetween(before, after);
  return {
    from: before.at,
    to: after.at,
    heldMs: Math.max(cpu, asleep),
    cause: cpu >= asleep ? 'computing' : 'asleep',
    doubtMs: after.stolen - before.stolen,
    queuedMs: queuedBetween(before, after),
  };
}

function asleepBetween(before: ThreadReading, after: ThreadReading): number {
  if (before.queued === null || after.queued === null) return 0;
  const idle = after.idle - before.idle;
  const cpu = after.cpu - before.cpu;
  return Math.max(0, after.at - before.at - idle - cpu - queuedBetween(before, after));
}

function queuedBetween(before: ThreadReading, after: ThreadReading): number {
  if (before.queued === null || after.queued === null) return 0;
  return after.queued - before.queued;
}
