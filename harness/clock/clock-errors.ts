import { blamedFrame, formatLocation, parseStack } from '../trace/source-location.ts';
import type { SourceLocation } from '../trace/source-location.ts';
import type { TimerRecord } from './timer-record.ts';

/** What ended a run of the clock. `message` speaks of the learner's program, `advice` says what to do next. */
abstract class ClockError extends Error {
  abstract readonly kind: 'deadlock' | 'runaway' | 'held' | 'busy-wait' | 'unhandled' | 'hang';
  readonly location: SourceLocation | null;
  readonly advice: string;

  constructor(
    message: string,
    options: { location: SourceLocation | null; advice: string; cause?: unknown },
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : {});
    this.location = options.location;
    this.advice = options.advice;
  }
}

/** The program waits, and nothing is left that could wake it. */
export class VirtualDeadlockError extends ClockError {
  override readonly name = 'VirtualDeadlockError';
  readonly kind = 'deadlock';

  constructor(facts: {
    now: number;
    lastTimer: TimerRecord | undefined;
    unanswered: readonly string[];
    /** Whether it looks again in each turn of the loop, by `setImmediate`. */
    polls: boolean;
  }) {
    const left = facts.polls
      ? 'it looks again in every turn of the event loop, by setImmediate, but nothing is left that could change'
      : 'nothing is left that could wake it';
    const rows = [
      `Your code is still waiting at ${facts.now} ms, and ${left}: no timer is pending and no request is in flight.`,
      ...facts.unanswered.map((sentence) => `Still open: ${sentence}.`),
    ];
    if (facts.lastTimer) {
      const { outcome, end } = facts.lastTimer;
      rows.push(`The last timer was ${describe(facts.lastTimer)}, ${outcome} at ${end} ms.`);
    }
    super(rows.join('\n'), {
      location: facts.lastTimer?.where ?? null,
      advice: facts.polls
        ? 'Looking again and again keeps a processor busy, and virtual time moves only to the next timer. Wait for the event itself, or with a timer.'
        : 'Look for a promise whose resolve or reject is never called, or for something that waits for its own end. A program of its own would stop here with exit code 13, "unsettled top-level await".',
    });
  }
}

/** Timers go on firing and the program does not end. */
export class VirtualRunawayError extends ClockError {
  override readonly name = 'VirtualRunawayError';
  readonly kind = 'runaway';

  constructor(facts: { now: number; fired: number; pending: readonly TimerRecord[] }) {
    const shown = facts.pending.slice(0, 3).map(describe).join('; ');
    super(
      `Your code starts timers without end: ${facts.fired} of them had fired by ${facts.now} ms, and it was still waiting.\nStill running: ${shown}.`,
      {
        location: facts.pending[0]?.where ?? null,
        advice:
          'Clear the interval, or end the loop that starts the timers, once what it waits for is there.',
      },
    );
  }
}

/** Real work went on for so long that virtual time never moved. */
export class ClockHeldError extends ClockError {
  override readonly name = 'ClockHeldError';
  readonly kind = 'held';

  constructor(facts: { realMs: number; what: string; location: SourceLocation | null }) {
    const seconds = Math.round(facts.realMs / 1000);
    const begun = facts.location ? `, begun at ${formatLocation(facts.location)}` : '';
    super(`Your code has been waiting for ${facts.what} for ${seconds} s of real time${begun}.`, {
      location: facts.location,
      advice:
        'Timers stand still until such work is done. See that it ends, and that every message to a worker gets an answer.',
    });
  }
}

/** The program reads the clock again and again and never lets time go on. */
export class BusyWaitError extends ClockError {
  override readonly name = 'BusyWaitError';
  readonly kind = 'busy-wait';

  constructor(facts: { reads: number; location: SourceLocation | null }) {
    const who = facts.location ? formatLocation(facts.location) : 'Your code';
    super(
      `${who} reads the clock again and again without giving the loop a turn: ${facts.reads} times in one go.`,
      {
        location: facts.location,
        advice: 'Wait with a timer, such as `await setTimeout(1000)` of node:timers/promises.',
      },
    );
  }
}

/** A timer's callback threw; `cause` is what it threw. */
export class UncaughtTimerError extends ClockError {
  override readonly name = 'UncaughtTimerError';
  readonly kind = 'unhandled';

  constructor(thrown: unknown, timer: TimerRecord | undefined) {
    const kind = timer?.kind ?? 'timer';
    const text = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
    const frames = thrown instanceof Error ? parseStack(thrown.stack ?? '') : [];
    super(`The callback of ${kind} threw where nobody could catch it: ${text}`, {
      location: blamedFrame(frames) ?? timer?.where ?? null,
      advice:
        'Nothing awaits a callback: catch the error inside it, or reject a promise that somebody awaits.',
      cause: thrown,
    });
  }
}

/** A timer's callback was ended from outside because it did not come back. */
export class EndedTimerError extends ClockError {
  override readonly name = 'EndedTimerError';
  readonly kind = 'hang';

  constructor(timer: TimerRecord | undefined) {
    const whose = timer ? describe(timer) : 'a timer';
    super(`The callback of ${whose} did not come back and had to be ended.`, {
      location: timer?.where ?? null,
      advice: 'Look for a loop in the callback whose condition never changes.',
    });
  }
}

function describe(timer: TimerRecord): string {
  const place = timer.where ? ` at ${formatLocation(timer.where)}` : '';
  return `${timer.kind}(${timer.delayMs})${place}`;
}
