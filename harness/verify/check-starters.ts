import type { Starters } from '../learner/starters.ts';
import type { Check } from './check.ts';

/** Whether the starters that `npm run reset` puts back are those that stand in the katas. */
export function checkStarters(now: Starters, kept: Starters): Check {
  const ids = [...new Set([...Object.keys(now), ...Object.keys(kept)])].toSorted();
  const stale = ids.filter((id) => JSON.stringify(now[id]) !== JSON.stringify(kept[id]));
  return {
    name: 'the kept starters',
    problems: stale.map((id) => ({
      where: 'harness/learner/starters.json',
      found: `It does not hold the starter of ${id} as it stands in katas/${id}.`,
      advice: 'Was the kata solved in place? Else run: npm run starters',
    })),
  };
}
