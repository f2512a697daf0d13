import type { VirtualTimer } from './virtual-timer.ts';

/** What the trampolines need of a clock. */
export interface RulingClock {
  /** Virtual milliseconds since the clock was installed. */
  readonly now: number;
  /** What `Date.now()` said when the clock was installed. */
  readonly epochMs: number;
  /** What `performance.now()` said when the clock was installed. */
  readonly performanceMs: number;
  /** What `process.hrtime.bigint()` said when the clock was installed. */
  readonly hrtimeNs: bigint;
  /** Counts a look at the time; throws when somebody does nothing but look. */
  countRead(): void;
  /** Has `timer.fire()` called in `leftMs` and returns a function that calls it off. */
  schedule(timer: VirtualTimer, leftMs: number): () => void;
  /** Notes that `timer` was cleared by its owner. */
  cleared(timer: VirtualTimer): void;
}

let ruling: RulingClock | null = null;

/** The clock whose time counts now, or null while time is real. */
export function rulingClock(): RulingClock | null {
  return ruling;
}

export function setRulingClock(clock: RulingClock | null): void {
  ruling = clock;
}
