import type { Caller } from './caller.ts';
import type { TimerOutcome, TimerRecord } from './timer-record.ts';
import type { VirtualTimer } from './virtual-timer.ts';

/**
 * A clock's own note of one timer, from which it makes a record when asked. It does not hold the timer: whoever keeps one fired timer keeps its clock, and
 * must not keep by that the callbacks of all others, with all that these can reach.
 */
export class TimerEntry {
  readonly #id: number;
  readonly #kind: string;
  readonly #delayMs: number;
  readonly #caller: Caller;
  readonly #start: number;
  #end: number | null = null;
  #outcome: TimerOutcome = 'pending';
  due = 0;

  constructor(
    id: number,
    { kind, delayMs, caller }: Pick<VirtualTimer, 'kind' | 'delayMs' | 'caller'>,
    start: number,
  ) {
    this.#id = id;
    this.#kind = kind;
    this.#delayMs = delayMs;
    this.#caller = caller;
    this.#start = start;
  }

  end(outcome: TimerOutcome, now: number): void {
    this.#outcome = outcome;
    this.#end = now;
  }

  record(): TimerRecord {
    return {
      id: this.#id,
      kind: this.#kind,
      delayMs: this.#delayMs,
      start: this.#start,
      due: this.due,
      end: this.#end,
      outcome: this.#outcome,
      where: this.#caller.where,
      owner: this.#caller.owner,
    };
  }
}
