import { currentTrace } from '../../trace/trace.ts';
import { fails, holds, type MatcherResult } from './matcher-result.ts';
import { counted } from './sentences.ts';
import { manner, summarizeWork } from './work-summary.ts';

/** What the world saw of the requests that were sent to it. */
export interface SeenTraffic {
  /** Requests that arrived. */
  readonly hits: number;
  /** The most that were being answered at one moment. */
  readonly peak: number;
}

/** Exactly `peak` requests were under way at the busiest moment. */
export function toHavePeak(traffic: SeenTraffic, peak: number): MatcherResult {
  if (traffic.peak === peak) return holds();
  if (traffic.peak > peak) return tooMany(traffic, peak);
  if (traffic.hits === 0) return fails('No request was sent.');
  return fails(
    `${sent(traffic)} ${peak} at the same time were expected.`,
    traffic.hits < peak ? {} : { advice: 'Start them all before you wait for the first of them.' },
  );
}

/** Never more than `limit` requests were under way at once. */
export function toHavePeakAtMost(traffic: SeenTraffic, limit: number): MatcherResult {
  return traffic.peak <= limit ? holds() : tooMany(traffic, limit);
}

/** Exactly `hits` requests arrived. */
export function toHaveHits(traffic: SeenTraffic, hits: number): MatcherResult {
  if (traffic.hits === hits) return holds();
  const expected = hits === 1 ? '1 was expected' : `${hits} were expected`;
  if (traffic.hits === 0) return fails(`No request was sent; ${expected}.`);
  const verb = traffic.hits === 1 ? 'was' : 'were';
  return fails(`${counted(traffic.hits, 'request')} ${verb} sent; ${expected}.`);
}

function tooMany(traffic: SeenTraffic, limit: number): MatcherResult {
  return fails(
    `${counted(traffic.hits, 'request')} were sent, ${traffic.peak} of them at the same time; at most ${limit} at a time were allowed.`,
  );
}

/** The spans know whether there were batches; the counts alone tell the rest. */
function sent(traffic: SeenTraffic): string {
  const summary = summarizeWork(currentTrace().spans.filter((span) => span.kind === 'request'));
  if (summary?.count === traffic.hits && summary.peak === traffic.peak) return summary.sentence;
  const verb = traffic.hits === 1 ? 'was' : 'were';
  return `${counted(traffic.hits, 'request')} ${verb} sent${manner(traffic.hits, traffic.peak)}`;
}
