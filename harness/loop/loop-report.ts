import type { Blame } from './blame.ts';
import type { HoldCause } from './loop-gap.ts';

/** One judged run of a piece of work. Times are milliseconds. */
export interface LoopRun {
  /** The longest hold of the event loop, */
  readonly heldMs: number;
  /** and how it was spent. */
  readonly cause: HoldCause;
  /** When that hold began and ended, counted from the start of the work. */
  readonly from: number;
  readonly to: number;
  /** How much of `heldMs` a hypervisor may have taken. */
  readonly doubtMs: number;
  /** The longest hold if all time that a gap spent in line for a CPU had been the program's own: at least `heldMs`. */
  readonly suspectMs: number;
  /** Turns of the event loop between the start of the work and its end. */
  readonly turns: number;
  /** How long the work ran on the wall clock. It decides nothing. */
  readonly workMs: number;
}

/** Whether a piece of work left the event loop free, and the evidence. */
export interface LoopReport {
  /** `inconclusive`: the machine itself was stopped so often that no three runs could be judged. */
  readonly verdict: 'free' | 'held' | 'inconclusive';
  readonly limitMs: number;
  /** The longest hold of the run that speaks best for the work: noise only ever adds. */
  readonly heldMs: number;
  /** How the time was spent; null unless the loop was held. */
  readonly cause: HoldCause | null;
  readonly turns: number;
  readonly workMs: number;
  readonly runs: readonly LoopRun[];
  /** What held the loop; null unless it was held, and where it could not be told for certain. */
  readonly blame: Blame | null;
  /** The report in sentences, for a reader who wrote the work. */
  readonly explanation: string;
}
