/** The names of the canaries of a run: two before the spec's own tests, two after them. */
export function canaryNames(run: string, place: CanaryPlace): { passes: string; fails: string } {
  return { passes: `canary ${place} ${run} 0`, fails: `canary ${place} ${run} 1` };
}

export type CanaryPlace = 'before' | 'after';
