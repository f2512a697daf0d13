import type { Span } from '../../trace/span.ts';
import { currentTrace } from '../../trace/trace.ts';
import { fails, holds, type MatcherHints, type MatcherResult } from './matcher-result.ts';
import { milliseconds } from './sentences.ts';
import { atOnceSentence, summarizeWork } from './work-summary.ts';

/** The part of a run in virtual time that says how long it took. */
export interface TimedRun {
  readonly virtualMs: number;
}

/** The run took exactly `expectedMs` milliseconds of virtual time. */
export function toTakeVirtually(run: TimedRun, expectedMs: number): MatcherResult {
  if (isSameTime(run.virtualMs, expectedMs)) return holds();
  const figures = `Your code took ${milliseconds(run.virtualMs)}; it should take ${milliseconds(expectedMs)}.`;
  return run.virtualMs > expectedMs
    ? tooLong(figures, expectedMs)
    : fails([figures, ...tooShortSentences(currentSpans())]);
}

/** The run took less than `limitMs` milliseconds of virtual time: what a headline such as "under 1.2s" asserts. */
export function toTakeVirtuallyUnder(run: TimedRun, limitMs: number): MatcherResult {
  if (run.virtualMs < limitMs) return holds();
  const figures = `Your code took ${milliseconds(run.virtualMs)}; it should take less than ${milliseconds(limitMs)}.`;
  return tooLong(figures, limitMs);
}

function tooLong(figures: string, expectedMs: number): MatcherResult {
  const summary = summarizeWork(currentSpans());
  if (summary === null) return fails(figures);
  const atOnce = atOnceSentence(summary, expectedMs);
  const hints: MatcherHints =
    atOnce === null ? {} : { advice: 'Start all of them before you wait for the first.' };
  const sentences = [figures, [summary.sentence, atOnce].filter((part) => part !== null).join(' ')];
  return fails(sentences, hints);
}

function tooShortSentences(spans: readonly Span[]): string[] {
  const summary = summarizeWork(spans);
  if (summary === null) return ['It waited for nothing.'];
  if (summary.open === 0) return [summary.sentence];
  const was = summary.open === 1 ? 'was' : 'were';
  return [
    `It did not wait for all of its work: ${summary.open} of ${summary.told} ${was} still going on when it was done.`,
  ];
}

/** Spans of real time say nothing about a virtual one. */
function currentSpans(): readonly Span[] {
  const trace = currentTrace();
  return trace.virtual ? trace.spans : [];
}

/** Differences of floating-point clock readings are not whole; a microsecond is nobody's delay. */
function isSameTime(left: number, right: number): boolean {
  return Math.abs(left - right) < 0.001;
}
