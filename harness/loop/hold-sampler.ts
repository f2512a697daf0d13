import { blamedFrame, type SourceLocation } from '../trace/source-location.ts';
import type { MainThreadDebugger } from './main-thread-debugger.ts';
import { glimpseOfMainThread } from './main-thread.ts';
import { sampling, type WatchdogMemory } from './watchdog-memory.ts';

/** Where the main thread was found during its longest hold, in milliseconds. */
export interface HoldSamples {
  /** From the last beat before the hold to the last sample in it. */
  readonly spanMs: number;
  readonly sites: readonly SampledSite[];
}

/** One line, and for how long the main thread was there. */
export interface SampledSite {
  readonly location: SourceLocation;
  readonly ms: number;
  readonly samples: number;
}

interface Sample {
  readonly location: SourceLocation | null;
  /** Time since the sample before, but for that in which the thread got no CPU. */
  readonly ms: number;
}

const STEP_MS = 4;
/** A request to stop is lost now and then, when it meets the order to go on: it is made again after so many steps. */
const PATIENCE_STEPS = 4;
const MOST_SITES = 20;
/** A sample does not speak for longer than this: a call that cannot be stopped is seen only when it is over. */
const LONGEST_SAMPLE_MS = 20;

/** In the watchdog's worker: looks again and again at the stack of a main thread that does not turn its loop. */
export class HoldSampler {
  #memory: WatchdogMemory;
  #mainThread: MainThreadDebugger;
  #timer: NodeJS.Timeout | undefined;
  #beats = 0;
  #patience = 0;
  /** What each hold showed, by the count of beats before it. */
  #found = new Map<number, Sample[]>();
  #lastSeen = 0;

  constructor(memory: WatchdogMemory, mainThread: MainThreadDebugger) {
    this.#memory = memory;
    this.#mainThread = mainThread;
  }

  /** Begins when the main thread has asked for it. */
  watch(): void {
    if (this.#timer || this.#memory.get('sampling') !== sampling.asked) return;
    this.#found.clear();
    this.#timer = setInterval(() => this.#step(), STEP_MS);
    this.#mainThread.enable(() => {
      this.#memory.set('sampling', sampling.on);
      this.#patience = 0;
    });
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #step(): void {
    if (this.#memory.get('sampling') === sampling.ending) return this.#finish();
    if (this.#memory.get('sampling') !== sampling.on) return;
    const beats = this.#memory.get('beats');
    const silent = beats === this.#beats;
    this.#beats = beats;
    if (!silent) this.#lastSeen = ownTime();
    if (!silent || this.#patience-- > 0) return;
    this.#patience = PATIENCE_STEPS;
    this.#mainThread.pause((frames) => {
      this.#patience = 0;
      this.#keep(this.#memory.get('beats'), blamedFrame(frames));
      return 'resume';
    });
  }

  #keep(beats: number, location: SourceLocation | null): void {
    const now = ownTime();
    const samples = this.#found.get(beats) ?? [];
    this.#found.set(beats, samples);
    samples.push({ location, ms: now - this.#lastSeen });
    this.#lastSeen = now;
  }

  #finish(): void {
    this.stop();
    this.#memory.writeText('samples', JSON.stringify(summary([...this.#found.values()])));
    this.#mainThread.disable(() => this.#memory.set('sampling', sampling.off));
  }
}

/** Milliseconds on a clock that stands still while the main thread waits for a CPU. */
function ownTime(): number {
  return performance.now() - glimpseOfMainThread().queued;
}

/** Adds up the lines of the longest hold. */
function summary(holds: Sample[][]): HoldSamples {
  const longest = holds.reduce((long, hold) => (spanOf(hold) > spanOf(long) ? hold : long), []);
  const sites = new Map<string, SampledSite>();
  for (const { location, ms } of longest) {
    if (!location) continue;
    const key = `${location.file}:${location.line}:${location.functionName}`;
    const site = sites.get(key) ?? { location, ms: 0, samples: 0 };
    const counted = Math.min(ms, LONGEST_SAMPLE_MS);
    sites.set(key, { location, ms: site.ms + counted, samples: site.samples + 1 });
  }
  const most = [...sites.values()].toSorted((a, b) => b.ms - a.ms).slice(0, MOST_SITES);
  return { spanMs: spanOf(longest), sites: most };
}

function spanOf(samples: readonly Sample[]): number {
  return samples.reduce((sum, { ms }) => sum + ms, 0);
}
