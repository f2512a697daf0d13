import type { SourceLocation } from './source-location.ts';

/** What a span shows: a request, a timer, a piece of work, or a stretch in which the loop was held. */
export type SpanKind = 'request' | 'timer' | 'task' | 'stall';

/** How a span ended; `open` spans have not. */
export type SpanOutcome = 'open' | 'done' | 'failed' | 'cancelled';

/** Something that lasted. Times are milliseconds since the trace began, virtual where a virtual clock ran. */
export interface Span {
  readonly label: string;
  readonly kind: SpanKind;
  readonly start: number;
  readonly end: number | null;
  readonly outcome: SpanOutcome;
  /** When a span that is open would end by itself, where that is known. */
  readonly due?: number | undefined;
  readonly where: SourceLocation | null;
}
