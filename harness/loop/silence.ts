/** What the watchdog sees of the main thread at one moment; times in milliseconds. */
export interface Glimpse {
  readonly at: number;
  /** Beats of the main thread's loop so far. */
  readonly beats: number;
  /** Time the main thread was on a CPU so far, or what it may have been at most. */
  readonly ran: number;
  /** Whether it sleeps: in a call it made, if it is silent. */
  readonly asleep: boolean;
  /** Time a hypervisor took from this machine so far. */
  readonly stolen: number;
  /** Whether the main thread waits for the disk or for memory, which it cannot help. */
  readonly waitsForDisk: boolean;
}

/**
 * Adds up for how long the main thread has been silent through its own doing.
 *
 * Counted is only time in which that thread was given a CPU, or slept in a call it made, and in which the watchdog ran
 * itself: a right program on a machine that stands still is never told as hanging.
 */
export class Silence {
  #last: Glimpse | null = null;
  #mostPerStep: number;
  /** Milliseconds since the last beat, so counted. */
  ms = 0;

  /** @param stepMs how often a glimpse is taken; a later one means that the watchdog itself did not run */
  constructor(stepMs: number) {
    this.#mostPerStep = stepMs * 2;
  }

  add(glimpse: Glimpse): void {
    const last = this.#last;
    this.#last = glimpse;
    if (!last || glimpse.beats !== last.beats) {
      this.ms = 0;
      return;
    }
    if (glimpse.waitsForDisk) return;
    const passed = Math.min(glimpse.at - last.at, this.#mostPerStep);
    // Not what has passed without the time in line: that is told only when the thread comes to a CPU, which may be hundreds of milliseconds later.
    const own = glimpse.asleep ? passed : Math.min(passed, glimpse.ran - last.ran);
    this.ms += Math.max(0, own - (glimpse.stolen - last.stolen));
  }
}
