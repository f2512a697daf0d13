import { real, realTurn } from '../trace/real-time.ts';
import { setRulingClock, type RulingClock } from './ruling-clock.ts';
import { installTrampolines } from './trampolines.ts';
import { armedTimers, type VirtualTimer } from './virtual-timer.ts';

/** Real turns in which the program takes in what a timer has caused, before the next one fires. */
const turnsAfterATimer = 3;
const nanosecondsPerMs = 1_000_000n;

/**
 * A clock that stands still until somebody moves it on: for a program whose peers are other processes, so that nobody in it can know when
 * nothing more will come.
 */
export class HandClock implements RulingClock {
  readonly epochMs = real.dateNow();
  readonly performanceMs = Math.ceil(real.now());
  readonly hrtimeNs = (real.hrtimeBigint() / nanosecondsPerMs + 1n) * nanosecondsPerMs;
  #now = 0;
  #due = new Map<VirtualTimer, number>();

  private constructor() {}

  /** Makes this clock rule in this thread, for ever; timers that run already go on in real time. */
  static install(): HandClock {
    installTrampolines();
    const clock = new HandClock();
    setRulingClock(clock);
    return clock;
  }

  get now(): number {
    return this.#now;
  }

  /** Whether a timer is pending that keeps a program alive, as timers do that nobody called `unref` on. */
  get keepsAlive(): boolean {
    return Array.from(armedTimers).some((timer) => timer.hasRef());
  }

  /** Lets `ms` milliseconds pass: the timers that become due fire one after another, each with real turns of the loop after it. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      for (let turn = 0; turn < turnsAfterATimer; turn += 1) await realTurn();
      const next = this.#next(end);
      if (next === null) break;
      this.#now = this.#due.get(next)!;
      this.#due.delete(next);
      // Its error is the program's own: nothing of this clock stands below it.
      process.nextTick(() => next.fire());
    }
    this.#now = end;
  }

  /** For the trampolines only. */
  countRead(): void {}

  /** For the trampolines only. */
  schedule(timer: VirtualTimer, leftMs: number): () => void {
    // Put in anew, so that timers that are due together fire in the order in which they were started.
    this.#due.delete(timer);
    this.#due.set(timer, this.#now + leftMs);
    return () => this.#due.delete(timer);
  }

  /** For the trampolines only. */
  cleared(): void {}

  #next(end: number): VirtualTimer | null {
    let next: VirtualTimer | null = null;
    for (const [timer, due] of this.#due) {
      if (due <= end && (next === null || due < this.#due.get(next)!)) next = timer;
    }
    return next;
  }
}
