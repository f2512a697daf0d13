import type { Span } from './span.ts';

/**
 * The largest number of spans that were going on at one moment.
 *
 * Spans are half-open: one that ends at 1000 does not overlap one that starts at 1000. An open span lasts for ever, and
 * one without a length overlaps nothing.
 */
export function peakConcurrency(spans: readonly Pick<Span, 'start' | 'end' | 'due'>[]): number {
  if (spans.length === 0) return 0;
  const lasting = spans.filter((span) => (span.end ?? Infinity) > span.start);
  const starts = lasting.map((span) => span.start).toSorted((a, b) => a - b);
  const ends = lasting.map((span) => span.end ?? Infinity).toSorted((a, b) => a - b);
  let peak = 1;
  let ended = 0;
  for (const [started, start] of starts.entries()) {
    while (ends[ended]! <= start) ended += 1;
    peak = Math.max(peak, started + 1 - ended);
  }
  return peak;
}
