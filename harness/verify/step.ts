import type { StepReport } from './check.ts';

/** What a step is given. */
export interface StepContext {
  /** The ids of the katas that are to be checked, where a step is about katas. */
  readonly katas: readonly string[];
  /** Those of them of which every answer is judged; of the others it is a few. */
  readonly wholeKatas: ReadonlySet<string>;
  /** Whether also what takes long is run: the slow tests of the harness, and the count of the lines that its tests run. */
  readonly all: boolean;
  /** Whether also what has not changed since an earlier run is judged. */
  readonly fresh: boolean;
  /** Says how far it is, in a few words such as `12 of 40`. */
  readonly onProgress: (text: string) => void;
}

/** One of the things that `npm run verify` does. */
export interface Step {
  /** What `--only` says. */
  readonly name: string;
  /** What it checks, in a few words. */
  readonly title: string;
  /** Steps of one stage run side by side; a stage begins when the one before has ended. */
  readonly stage: number;
  run(context: StepContext): Promise<StepReport>;
}

/** A step that `--all` adds, because it needs more than `npm ci` brings. */
export interface FullStep extends Step {
  /** What the system lacks, as in `the package chromium`; null where it can run. */
  missing(): Promise<string | null>;
}
