import { peakConcurrency } from '../../trace/concurrency.ts';
import type { Span, SpanKind } from '../../trace/span.ts';
import { counted, milliseconds } from './sentences.ts';

/** How pieces of work lay beside each other, seen from their spans. */
export interface WorkSummary {
  /** `3 requests were sent, never more than 1 at a time: they ran one after another.` */
  readonly sentence: string;
  /** How long the longest of them took: the time of all of them together, had they run at the same time. */
  readonly longestMs: number;
  readonly peak: number;
  readonly count: number;
  /** `3 requests`. */
  readonly told: string;
  /** How many had not ended. */
  readonly open: number;
}

/** Sums up the requests among `spans`, or else the timers and tasks; null where there are none. */
export function summarizeWork(spans: readonly Span[]): WorkSummary | null {
  const requests = spans.filter((span) => span.kind === 'request');
  const work = requests.length > 0 ? requests : spans.filter((span) => span.kind !== 'stall');
  if (work.length === 0) return null;

  const peak = peakConcurrency(work);
  const started = startedText(work);
  const batches = countBatches(work);
  const lengths = work.map((span) => (span.end ?? span.start) - span.start);
  return {
    sentence: `${started}${manner(work.length, peak, batches)}`,
    longestMs: lengths.reduce((longest, length) => Math.max(longest, length), 0),
    peak,
    count: work.length,
    told: toldCount(work),
    open: work.filter((span) => span.end === null).length,
  };
}

/** `3 requests, never more than 1 at a time: …`, for counts that were seen without spans. */
export function manner(count: number, peak: number, batches = 1): string {
  if (count === 1) return '.';
  if (peak === 1) return ', never more than 1 at a time: they ran one after another.';
  if (peak === count) return ', all of them at the same time.';
  if (batches > 1) {
    return `, never more than ${peak} at a time: they ran in ${batches} batches, and each waited for the one before it.`;
  }
  return `, never more than ${peak} at a time.`;
}

function startedText(work: readonly Span[]): string {
  const verb = work.length === 1 ? 'was' : 'were';
  const participle = { request: 'sent', timer: 'set', task: 'started', stall: 'seen' };
  const kind = commonKind(work);
  return `${toldCount(work)} ${verb} ${kind === null ? 'started' : participle[kind]}`;
}

function toldCount(work: readonly Span[]): string {
  const kind = commonKind(work);
  return kind === null ? `${counted(work.length, 'piece')} of work` : counted(work.length, kind);
}

function commonKind(work: readonly Span[]): SpanKind | null {
  const kind = work[0]!.kind;
  return work.every((span) => span.kind === kind) ? kind : null;
}

/** Groups of spans between which nothing was going on. */
function countBatches(work: readonly Span[]): number {
  let batches = 0;
  let busyUntil = -Infinity;
  for (const span of work.toSorted((a, b) => a.start - b.start)) {
    if (span.start >= busyUntil) batches += 1;
    busyUntil = Math.max(busyUntil, span.end ?? Infinity);
  }
  return batches;
}

/** `At the same time they take 1000 ms.`, where that is what was expected. */
export function atOnceSentence(summary: WorkSummary, expectedMs: number): string | null {
  if (summary.count < 2 || summary.peak === summary.count || summary.open > 0) return null;
  if (summary.longestMs > expectedMs) return null;
  return `At the same time they take ${milliseconds(summary.longestMs)}.`;
}
