import type { TimerOutcome, TimerRecord } from './timer-record.ts';
import type { VirtualTimer } from './virtual-timer.ts';

/** A clock's own note of one timer, from which it makes a record when asked. */
export class TimerEntry {
  readonly #id: number;
  readonly #timer: VirtualTimer;
  readonly #start: number;
  #end: number | null = null;
  #outcome: TimerOutcome = 'pending';
  due = 0;

  constructor(id: number, timer: VirtualTimer, start: number) {
    this.#id = id;
    this.#timer = timer;
    this.#start = start;
  }

  end(outcome: TimerOutcome, now: number): void {
    this.#outcome = outcome;
    this.#end = now;
  }

  record(): TimerRecord {
    const { kind, delayMs, caller } = this.#timer;
    return {
      id: this.#id,
      kind,
      delayMs,
      start: this.#start,
      due: this.due,
      end: this.#end,
      outcome: this.#outcome,
      where: caller.where,
      owner: caller.owner,
    };
  }
}
