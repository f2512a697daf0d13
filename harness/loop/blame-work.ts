import { blameCall } from './blame-call.ts';
import { blameSamples } from './blame-samples.ts';
import type { Blame } from './blame.ts';
import type { HoldSamples } from './hold-sampler.ts';
import { LoopProbe } from './loop-probe.ts';
import { realTurn } from '../trace/real-time.ts';
import { beginSampling, endSampling } from './sample-holds.ts';
import { SyncCallTrace } from './sync-calls.ts';
import { startWatchdog } from './watchdog.ts';

/** Less than this part of a hold is not its cause. */
const LEAST_SHARE = 0.5;

/** Hands the work of one run to its argument, and puts the input away afterwards. */
export type RunWork = (use: (work: () => unknown) => Promise<void>) => Promise<void>;

/**
 * Runs work that was found guilty once more, and finds the line that held the event loop.
 *
 * Two witnesses: calls of synchronous functions are timed where they are made, and the watchdog's worker looks at the
 * stack while the loop stands still. Both cost CPU time, so this run is not judged.
 *
 * @param heldMs the length of the hold that is to be explained
 * @returns null where no line had at least half of the hold
 * @throws what the work throws or rejects with
 */
export async function blameWork(run: RunWork, heldMs: number): Promise<Blame | null> {
  const { memory } = startWatchdog();
  using calls = new SyncCallTrace();
  const probe = new LoopProbe(() => memory?.add('beats'));
  let samples: HoldSamples | null = null;
  await run(async (work) => {
    if (memory) await beginSampling(memory);
    await realTurn();
    probe.start();
    try {
      await work();
      await realTurn();
    } finally {
      probe.stop();
      if (memory) samples = await endSampling(memory);
    }
  });
  const gaps = probe.gaps();
  const longest = Math.max(...gaps.map((gap) => gap.heldMs));
  const call = blameCall(calls.calls, gaps);
  // What fills a short turn of its own explains no long hold.
  const explains = (ms: number): boolean => ms >= heldMs * LEAST_SHARE;
  const longCall = call && explains(call.heldMs) ? call : null;
  const sampled = samples && explains(longest) ? blameSamples(samples, longest) : null;
  const blame = [longCall, sampled].find((blame) => (blame?.share ?? 0) >= LEAST_SHARE);
  // The blame run is slower than a judged one: only its proportions are taken over.
  return blame ? { ...blame, heldMs: heldMs * blame.share! } : null;
}
