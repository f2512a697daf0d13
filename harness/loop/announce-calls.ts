import { callerLocation } from './caller-location.ts';
import { uninterruptibleFunctions } from './watched-functions.ts';
import type { WatchdogMemory } from './watchdog-memory.ts';
import { wrapFunctions } from './wrap-functions.ts';

/** Frames enough to reach the learner's line through a library; each costs time on every call. */
const MOST_FRAMES = 15;

/**
 * Notes down every call that nobody can interrupt, for as long as it lasts: if it never returns, no stack can be read,
 * and this note is how the watchdog knows the line. Costs some twenty microseconds a call.
 *
 * @returns a function that puts everything back
 */
export function announceCalls(memory: WatchdogMemory): () => void {
  return wrapFunctions(uninterruptibleFunctions(), (callee, call) => {
    if (memory.get('inCall') === 1) return call();
    memory.writeText('call', JSON.stringify({ callee, location: callerLocation(MOST_FRAMES) }));
    memory.set('inCall', 1);
    try {
      return call();
    } finally {
      memory.set('inCall', 0);
    }
  });
}
