import { blamedFrame, type SourceLocation } from '../trace/source-location.ts';
import type { MainThreadDebugger } from './main-thread-debugger.ts';
import { sampling, type WatchdogMemory } from './watchdog-memory.ts';

/** Where the main thread was found during its longest hold, and how often. */
export interface HoldSamples {
  /** All samples of that hold, also those without a line of the learner's. */
  readonly total: number;
  readonly sites: readonly SampledSite[];
}

/** One line, and how often the main thread was found there. */
export interface SampledSite {
  readonly location: SourceLocation;
  readonly count: number;
}

const STEP_MS = 4;
const MOST_SITES = 20;

/** In the watchdog's worker: looks again and again at the stack of a main thread that does not turn its loop. */
export class HoldSampler {
  #memory: WatchdogMemory;
  #mainThread: MainThreadDebugger;
  #timer: NodeJS.Timeout | undefined;
  #beats = 0;
  #pausing = false;
  /** What each hold showed, by the count of beats before it. */
  #found = new Map<number, (SourceLocation | null)[]>();

  constructor(memory: WatchdogMemory, mainThread: MainThreadDebugger) {
    this.#memory = memory;
    this.#mainThread = mainThread;
  }

  /** Begins when the main thread has asked for it. */
  watch(): void {
    if (this.#timer || this.#memory.get('sampling') !== sampling.asked) return;
    this.#found.clear();
    this.#pausing = true;
    this.#mainThread.enable(() => {
      this.#pausing = false;
      this.#memory.set('sampling', sampling.on);
    });
    this.#timer = setInterval(() => this.#step(), STEP_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #step(): void {
    if (this.#memory.get('sampling') === sampling.ending) return this.#finish();
    const beats = this.#memory.get('beats');
    const silent = beats === this.#beats;
    this.#beats = beats;
    if (!silent || this.#pausing) return;
    this.#pausing = true;
    this.#mainThread.pause((frames) => {
      this.#pausing = false;
      const found = this.#found.get(beats) ?? [];
      this.#found.set(beats, found);
      found.push(blamedFrame(frames));
      return 'resume';
    });
  }

  #finish(): void {
    this.stop();
    this.#memory.writeText('samples', JSON.stringify(summary([...this.#found.values()])));
    this.#mainThread.disable(() => this.#memory.set('sampling', sampling.off));
  }
}

/** Counts the lines of the hold with the most samples. */
function summary(holds: (SourceLocation | null)[][]): HoldSamples {
  const longest = holds.reduce((long, hold) => (hold.length > long.length ? hold : long), []);
  const sites = new Map<string, SampledSite>();
  for (const location of longest) {
    if (!location) continue;
    const key = `${location.file}:${location.line}:${location.functionName}`;
    sites.set(key, { location, count: (sites.get(key)?.count ?? 0) + 1 });
  }
  const most = [...sites.values()].toSorted((a, b) => b.count - a.count).slice(0, MOST_SITES);
  return { total: longest.length, sites: most };
}
