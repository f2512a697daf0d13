import type { Problem } from '../catalog/problem.ts';

/** One thing that was checked; without problems it has passed. */
export interface Check {
  readonly name: string;
  readonly problems: readonly Problem[];
}

/** What a step of `npm run verify` found. */
export interface StepReport {
  readonly checks: readonly Check[];
  /** What a maintainer should know although it is no failure. */
  readonly notes: readonly string[];
}
