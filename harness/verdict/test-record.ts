import type { Explained, FailureKind } from '../trace/explained.ts';
import type { Span } from '../trace/span.ts';
import type { Seal } from './seal.ts';

export type { Explained, FailureKind };

/** How a test ended. `inconclusive`: the machine was too busy to judge, which is never the learner's fault. */
export type Verdict = 'pass' | 'fail' | 'inconclusive';

/** Why a test is red, in the learner's terms. */
export interface FailureRecord {
  /** `assertion`, `hang`, `import`, …: see `Explained`. */
  readonly kind: FailureKind;
  readonly message: string;
  readonly location: { readonly file: string; readonly line: number } | null;
  /** What to do or read next, where the message alone does not say it. */
  readonly advice: string | null;
  /** Expected beside received, where that helps. */
  readonly diff: string | null;
}

/** What one test leaves for the reporter: it travels as `task.meta.kata`, so it holds plain data only. */
export interface TestRecord {
  readonly verdict: Verdict;
  readonly failure: FailureRecord | null;
  readonly spans: readonly Span[];
  /** Whether the spans are in virtual time. */
  readonly virtual: boolean;
  /** Milliseconds of virtual time that passed, over all clocks of the test; 0 where none ran. */
  readonly virtualMs: number;
  readonly realMs: number;
  /** The seed of the test's random input, to replay it with KATA_SEED. */
  readonly seed: string;
  /** Runs that were needed to judge. */
  readonly attempts: number;
  /** Writes to the console that were not shown, because a test printed too much. */
  readonly droppedWrites: number;
  /** Where the run is sealed: who made this record, and whether the built-ins were whole. */
  readonly seal?: Seal;
}
