import { threadCpuNow } from '../trace/real-time.ts';
import { turns } from './turns.ts';

/** Steps between two looks at the CPU's clock: a fraction of a millisecond. */
const stepsPerLook = 20_000;

/**
 * Computes for `cpuMs` in one go and holds the event loop all the while.
 *
 * Milliseconds of this thread's own CPU: on a busy machine it takes longer, and is the same amount of work.
 *
 * @returns the CPU that it took: a little more than was asked, since the kernel updates its count every few milliseconds.
 * @throws {RangeError} if `cpuMs` is no number, or below zero.
 */
export function burnCpu(cpuMs: number): number {
  if (!(cpuMs >= 0) || !Number.isFinite(cpuMs)) {
    throw new RangeError(`Expected \`cpuMs\` to be zero or more, got \`${cpuMs}\`.`);
  }
  const startedAt = threadCpuNow();
  let used = 0;
  for (let state = 1; used < cpuMs; used = threadCpuNow() - startedAt) state = churn(state);
  return used;
}

/**
 * Computes for `cpuMs` in slices, with a real turn of the event loop after each.
 *
 * An abort ends it after the slice at hand and rejects with the signal's reason.
 *
 * @param options.sliceMs CPU milliseconds in one go, 4 by default.
 * @returns the CPU that the slices took.
 */
export async function burnCpuInSlices(
  cpuMs: number,
  options: { sliceMs?: number; signal?: AbortSignal } = {},
): Promise<number> {
  const { sliceMs = 4, signal } = options;
  if (!(sliceMs > 0)) {
    throw new RangeError(`Expected \`sliceMs\` to be above zero, got \`${sliceMs}\`.`);
  }
  let used = 0;
  do {
    signal?.throwIfAborted();
    used += burnCpu(Math.min(sliceMs, cpuMs - used));
    await turns(1);
  } while (used < cpuMs);
  return used;
}

/** Its result is used, so that the compiler cannot leave the work out. */
function churn(state: number): number {
  for (let step = 0; step < stepsPerLook; step += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  }
  return state;
}
