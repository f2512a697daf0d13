import type { Blame } from './blame.ts';
import type { HoldSamples, SampledSite } from './hold-sampler.ts';

/** One sample may have come late, when the call that held the loop had just returned. */
const FEWEST_SAMPLES = 3;

/**
 * The function in which a hold was found most often, at the line where it was found most often.
 *
 * @param heldMs the length of the hold, of which the function's part is told
 * @returns null where the samples are too few
 */
export function blameSamples(samples: HoldSamples, heldMs: number): Blame | null {
  const functions = Map.groupBy(
    samples.sites,
    ({ location }) => `${location.file} ${location.functionName}`,
  );
  const [most] = [...functions.values()].toSorted((a, b) => count(b) - count(a));
  if (!most || count(most) < FEWEST_SAMPLES) return null;
  const [line] = most.toSorted((a, b) => b.count - a.count);
  const share = count(most) / samples.total;
  return { location: line!.location, callee: null, heldMs: heldMs * share, share };
}

function count(sites: readonly SampledSite[]): number {
  return sites.reduce((sum, site) => sum + site.count, 0);
}
