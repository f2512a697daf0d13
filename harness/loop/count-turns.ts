import { real, realTurn } from '../trace/real-time.ts';

/**
 * Counts the turns that the event loop makes while `work` runs.
 *
 * Work that never gives the loop a chance makes none, on any machine and under any load. Begins in a turn of its own.
 *
 * @throws what `work` throws or rejects with
 */
export async function countTurns<T>(
  work: () => T | Promise<T>,
): Promise<{ value: T; turns: number }> {
  await realTurn();
  const before = loopTurns();
  const value = await work();
  return { value, turns: loopTurns() - before };
}

/** Turns of the event loop since the process began. */
export function loopTurns(): number {
  return real.nodeTiming.uvMetricsInfo.loopCount;
}
