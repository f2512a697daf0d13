import type { Owner, SourceLocation } from '../trace/source-location.ts';

/** What became of a timer; an interval is `pending` until somebody clears it. */
export type TimerOutcome = 'pending' | 'fired' | 'cleared';

/** One timer that was started under a virtual clock. Times are virtual milliseconds since the clock was installed. */
export interface TimerRecord {
  readonly id: number;
  /** How it was started: `setTimeout`, `setInterval`, `timers/promises.setTimeout`, `AbortSignal.timeout`, `socket.setTimeout` and so on. */
  readonly kind: string;
  readonly delayMs: number;
  readonly start: number;
  readonly due: number;
  readonly end: number | null;
  readonly outcome: TimerOutcome;
  /** The learner's line that started it, else the spec's, else null. */
  readonly where: SourceLocation | null;
  /** Whose code started it. */
  readonly owner: Owner;
}
