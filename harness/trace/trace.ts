import type { SourceLocation } from './source-location.ts';
import type { Span, SpanKind, SpanOutcome } from './span.ts';

/** A span that is still going on. */
export interface OpenSpan {
  /** Ends the span now; a second call changes nothing. */
  end(outcome?: Exclude<SpanOutcome, 'open'>): void;
}

/**
 * What happened during one test, as spans in the order in which they began.
 *
 * Times are read from `performance.now()`, which a virtual clock answers while it runs: so the same trace serves virtual
 * and real time.
 */
export class Trace {
  #origin = performance.now();
  #spans: Span[] = [];
  #stopped = false;
  /** Whether the times are those of a virtual clock. */
  virtual = false;
  /** Virtual milliseconds that have passed in this test, over all the clocks that ran in it. */
  virtualMs = 0;

  get spans(): readonly Span[] {
    return this.#spans;
  }

  /** Milliseconds since the trace began or was last restarted. */
  now(): number {
    return performance.now() - this.#origin;
  }

  /** Forgets what was recorded and begins at zero: called when a clock begins to run. */
  restart(options: { virtual: boolean }): void {
    this.#origin = performance.now();
    this.#spans = [];
    this.#stopped = false;
    this.virtual = options.virtual;
  }

  /** Records no begin and no end until the next restart: called when the clock is gone, whose times these would not be. */
  stop(): void {
    this.#stopped = true;
  }

  begin(label: string, kind: SpanKind, where: SourceLocation | null = null): OpenSpan {
    if (this.#stopped) return { end: () => {} };
    const index =
      this.#spans.push({ label, kind, start: this.now(), end: null, outcome: 'open', where }) - 1;
    const owner = this.#spans;
    return {
      end: (outcome = 'done') => {
        const span = owner[index]!;
        if (span.outcome === 'open' && !this.#stopped)
          owner[index] = { ...span, end: this.now(), outcome };
      },
    };
  }

  /** Adds a span that was measured elsewhere. */
  add(span: Span): void {
    this.#spans.push(span);
  }
}

let current = new Trace();

/** The trace of the test that runs now. */
export function currentTrace(): Trace {
  return current;
}

/** Begins the trace of a new test and returns it. */
export function startTrace(): Trace {
  current = new Trace();
  return current;
}
