import type { Span } from '../trace/span.ts';

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

/**
 * What kind of failure it was. Only the first four judge what the code *did*; the others say that it could not be judged
 * as code that runs.
 */
export type FailureKind =
  | 'assertion'
  | 'unhandled'
  | 'leak'
  | 'busy-wait'
  | 'deadlock'
  | 'runaway'
  | 'held'
  | 'hang'
  | 'import'
  | 'missing-export'
  | 'missing-file'
  | 'crash'
  | 'inconclusive'
  | 'error';

/** An error that knows how to be told; any error class of the harness may carry these fields. */
export interface Explained extends Error {
  readonly kind: FailureKind;
  readonly location?: { readonly file: string; readonly line: number } | null;
  readonly advice?: string | null;
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
}
