import { armedTimers } from '../clock/virtual-timer.ts';
import { real } from '../trace/real-time.ts';

/** Looks, some milliseconds apart, within which what is being closed may close. */
const mostLooks = 40;
const events = ['uncaughtException', 'unhandledRejection', 'warning'];

let before: Map<string, number> | null = null;

/** Notes what is open in this process before it judges anything. */
export function noteProcessState(): void {
  before = count();
}

/**
 * Whether this process is as it was when `noteProcessState` was called: nothing that an answer started still runs, and no listener of its own
 * is left on the process.
 */
export async function isProcessClean(): Promise<boolean> {
  for (let looks = 0; looks < mostLooks; looks += 1) {
    if (isAsBefore()) return true;
    await new Promise((resolve) => {
      real.setTimeout(resolve, 5);
    });
  }
  return false;
}

function isAsBefore(): boolean {
  return before !== null && [...count()].every(([name, now]) => now <= (before!.get(name) ?? 0));
}

function count(): Map<string, number> {
  const counts = new Map<string, number>(
    events.map((event) => [`listeners for ${event}`, process.listenerCount(event)]),
  );
  for (const type of process.getActiveResourcesInfo()) {
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  // One that a virtual clock has handed back keeps no process alive, so Node does not tell of it.
  const timers = [...armedTimers].filter((timer) => timer.hasRef());
  counts.set('timers of code', timers.length);
  return counts;
}
