import type { SourceLocation } from '../../trace/source-location.ts';
import { InconclusiveError } from '../failure.ts';
import { fails, holds, type MatcherResult } from './matcher-result.ts';

/** The part of the loop probe's report that decides. */
export interface JudgedLoop {
  readonly verdict: 'free' | 'held' | 'inconclusive';
  /** The verdict in sentences, the blamed line included. */
  readonly explanation: string;
  readonly blame: { readonly location: SourceLocation } | null;
}

/**
 * The judged work did not hold the event loop; under `.not`, it did.
 * @throws {InconclusiveError} where the machine was too busy to measure
 */
export function toLeaveTheLoopFree(report: JudgedLoop): MatcherResult {
  if (report.verdict === 'inconclusive') throw new InconclusiveError(report.explanation);
  if (report.verdict === 'free') {
    return holds(`It should hold the event loop, but it did not.\n${report.explanation}`);
  }
  return fails(report.explanation, { location: report.blame?.location ?? null });
}
