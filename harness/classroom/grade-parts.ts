import type { Kata } from '../catalog/kata.ts';
import type { Grade, Submission } from './grade-report.ts';

/** A submission's files for one kata, by the names of `kata.json`. */
export type AnswerFiles = ReadonlyMap<string, Uint8Array>;

/** Why an answer is not run. */
export interface PolicyRefusal {
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
  readonly reason: string;
}

/** What judging an answer says of it. The rest of a grade says whose it is, and by what it was judged. */
export type Judgement = Pick<
  Grade,
  'verdict' | 'reason' | 'passedTests' | 'tests' | 'allTests' | 'judgedMs'
>;

/** Where the answers of one student are judged, one after another; disposed when they are. */
export interface AnswerDesk extends Disposable {
  /** @param options.seed of the inputs: a whole number below 2³². */
  judge(kata: Kata, files: AnswerFiles, options: { readonly seed: number }): Promise<Judgement>;
}

export interface AnswerJudge {
  /**
   * Resolves as soon as there is a place for one more student.
   *
   * @param katas of the answers that will be judged there.
   */
  takeDesk(katas: readonly Kata[]): Promise<AnswerDesk>;
  /** The names of a kata's tests, in the order of its spec. */
  testsOf(kata: Kata): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** The parts that grading a class is put together from. */
export interface GradeParts {
  /** Who handed in what. */
  readClass(): Promise<{
    readonly submissions: readonly Submission[];
    readonly problems: readonly string[];
  }>;
  /** What an answer reaches for without needing it; empty where it may run. */
  checkPolicy(kata: Kata, files: AnswerFiles): Promise<readonly PolicyRefusal[]>;
  /** Called once, and only where something has to be judged. */
  openJudge(): Promise<AnswerJudge>;
  /** By what a kata is judged: `harnessHasher`. */
  harnessOf(kata: Kata): string;
}
