import type { Breach } from './process-guard.ts';
import type { FailureRecord, TestRecord, Verdict } from '../verdict/test-record.ts';

/** How one test of a kata ended. `skipped`: it did not run, which is no evidence. */
export interface TestResult extends Omit<TestRecord, 'verdict'> {
  readonly name: string;
  readonly verdict: Verdict | 'skipped';
  /** Whether the record's seal is right; told of sealed runs only. */
  readonly genuine?: boolean;
}

/** One kata judged against one submission. */
export interface KataResult {
  /** `03-three-fetches` */
  readonly kata: string;
  /** Where the answer came from; null is the learner's own `katas/`. */
  readonly submission: string | null;
  /**
   * `pass` only where at least one test ran, and every test ran and passed; `fail` where one failed; `inconclusive` where the machine was
   * too busy to judge one and none failed; `crashed` where the process that ran the tests died.
   */
  readonly verdict: Verdict | 'crashed';
  readonly tests: readonly TestResult[];
  /** What stopped the whole file: the process died, the spec could not be loaded. */
  readonly problem: FailureRecord | null;
  /** What the learner's code printed. */
  readonly output: string;
  readonly realMs: number;
  /** How the confined process fared; told of sealed runs only. */
  readonly confined?: ConfinedRun;
}

export interface ConfinedRun {
  /** The id of the run: the names of its canaries are made of it. */
  readonly run: string;
  readonly seed: string;
  /** The limit that it met; null where it met none. */
  readonly breach: Breach | null;
  /** Whether its process had judged other answers before: what they left there may be the reason of a red. */
  readonly shared: boolean;
}
