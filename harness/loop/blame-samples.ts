import type { Blame } from './blame.ts';
import type { HoldSamples, SampledSite } from './hold-sampler.ts';

/** A sample may have come late, when the call that held the loop had just returned. */
const FEWEST_SAMPLES = 3;

/**
 * The function in which a hold was found for most of its time, at the line where it was found most.
 *
 * @param heldMs the length of the sampled hold: what no sample speaks for was spent somewhere else
 * @returns null where the samples are too few
 */
export function blameSamples({ spanMs, sites }: HoldSamples, heldMs: number): Blame | null {
  const functions = Map.groupBy(
    sites,
    ({ location }) => `${location.file} ${location.functionName}`,
  );
  const [most] = [...functions.values()].toSorted((a, b) => total(b, 'ms') - total(a, 'ms'));
  if (!most || total(most, 'samples') < FEWEST_SAMPLES) return null;
  const [line] = most.toSorted((a, b) => b.ms - a.ms);
  const ms = total(most, 'ms');
  const share = Math.min(1, ms / Math.max(spanMs, heldMs));
  return { location: line!.location, callee: null, heldMs: ms, share };
}

function total(sites: readonly SampledSite[], field: 'ms' | 'samples'): number {
  return sites.reduce((sum, site) => sum + site[field], 0);
}
