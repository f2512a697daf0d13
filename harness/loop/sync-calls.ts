import type { SourceLocation } from '../trace/source-location.ts';
import { callerLocation } from './caller-location.ts';
import { gapBetween } from './loop-gap.ts';
import { ThreadMeter } from './thread-meter.ts';
import { computingFunctions, waitingFunctions } from './watched-functions.ts';
import { wrapFunctions } from './wrap-functions.ts';

/** One call of a function that returns only when its work is done. Times are those of `real.now`, in milliseconds. */
export interface SyncCall {
  readonly callee: string;
  readonly from: number;
  readonly to: number;
  /** How long it held the thread, computing or asleep: not the time in which the machine gave it no CPU. */
  readonly heldMs: number;
  /** How long the thread did not compute, for whatever reason. */
  readonly asleepMs: number;
  /** The nearest line of the learner's, else of the spec's, that made the call. */
  readonly location: SourceLocation | null;
}

/** Shorter calls are not kept: a stack costs more than they do. */
const SHORTEST_MS = 0.5;

/** Watches synchronous calls until it is disposed of. */
export class SyncCallTrace implements Disposable {
  readonly calls: SyncCall[] = [];
  #meter = new ThreadMeter();
  #restore: () => void;
  #inside = false;

  constructor() {
    const functions = [...waitingFunctions(), ...computingFunctions()];
    this.#restore = wrapFunctions(functions, (callee, call) => this.#timed(callee, call));
  }

  /** Time in the calls between two moments, in which the thread did not compute. */
  asleepMs(from: number, to: number): number {
    return this.calls
      .filter((call) => call.from >= from && call.to <= to)
      .reduce((sum, call) => sum + call.asleepMs, 0);
  }

  [Symbol.dispose](): void {
    this.#restore();
    this.#meter[Symbol.dispose]();
  }

  #timed(callee: string, call: () => unknown): unknown {
    // Only the call that the program made counts, not those which that one makes.
    if (this.#inside) return call();
    this.#inside = true;
    const before = this.#meter.read();
    try {
      return call();
    } finally {
      const after = this.#meter.read();
      this.#inside = false;
      const passed = after.at - before.at;
      if (passed >= SHORTEST_MS) {
        const asleepMs = Math.max(0, passed - (after.cpu - before.cpu));
        const { heldMs } = gapBetween(before, after, this.#meter.tellsSleep ? null : asleepMs);
        const location = callerLocation();
        this.calls.push({ callee, from: before.at, to: after.at, heldMs, asleepMs, location });
      }
    }
  }
}
