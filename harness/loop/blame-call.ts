import type { Blame } from './blame.ts';
import type { LoopGap } from './loop-gap.ts';
import type { SyncCall } from './sync-calls.ts';

/** The line whose calls of one synchronous function held the thread longest within one gap; null where none did. */
export function blameCall(calls: readonly SyncCall[], gaps: readonly LoopGap[]): Blame | null {
  return gaps
    .flatMap((gap) => blamesWithin(gap, calls))
    .reduce<Blame | null>(
      (most, blame) => (blame.heldMs > (most?.heldMs ?? 0) ? blame : most),
      null,
    );
}

function blamesWithin(gap: LoopGap, calls: readonly SyncCall[]): Blame[] {
  const blames = new Map<string, Blame>();
  for (const { callee, location, heldMs: callMs, from, to } of calls) {
    if (!location || from < gap.from || to > gap.to) continue;
    const key = `${callee} ${location.file}:${location.line}`;
    const heldMs = (blames.get(key)?.heldMs ?? 0) + callMs;
    blames.set(key, { location, callee, heldMs, share: Math.min(1, heldMs / gap.heldMs) });
  }
  return [...blames.values()];
}
