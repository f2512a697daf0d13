import { loopTurns } from './count-turns.ts';
import { LoopProbe } from './loop-probe.ts';
import type { LoopRun } from './loop-report.ts';
import { real, realTurn } from '../trace/real-time.ts';
import { SyncCallTrace } from './sync-calls.ts';

/**
 * Runs `work` once under the probe and tells the longest hold.
 *
 * @throws what `work` throws or rejects with
 */
export async function measureRun(work: () => unknown): Promise<LoopRun> {
  const probe = new LoopProbe();
  // Where the system cannot tell sleep from a thread that got no CPU, the synchronous calls tell it themselves.
  using calls = probe.tellsSleep ? null : new SyncCallTrace();
  await realTurn();
  const began = real.now();
  const turnsBefore = loopTurns();
  probe.start();
  let ended = began;
  let turns = 0;
  try {
    await work();
    ended = real.now();
    turns = loopTurns() - turnsBefore;
    // What goes on after the last answer, in the same turn, was the work's doing too.
    await realTurn();
  } finally {
    probe.stop();
  }
  const gaps = probe.gaps(calls ? (from, to) => calls.asleepMs(from, to) : undefined);
  const worst = gaps.reduce((worst, gap) => (gap.heldMs > worst.heldMs ? gap : worst));
  return {
    heldMs: worst.heldMs,
    cause: worst.cause,
    from: worst.from - began,
    to: worst.to - began,
    doubtMs: worst.doubtMs,
    suspectMs: Math.max(...gaps.map((gap) => gap.heldMs + gap.queuedMs)),
    turns,
    workMs: ended - began,
  };
}
