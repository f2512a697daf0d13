import type { TestResult } from '../runner/kata-result.ts';

/** A person of a class. */
export interface Student {
  /** What the verdicts are filed under: from the roster, or the name of the folder or file that was handed in. */
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
}

/** What one student handed in, as far as a kata names it. Nothing else of a submission is ever read. */
export interface Submission {
  readonly student: Student;
  /** Where it came from, relative to the folder of the class: a folder, a zip or a clone. */
  readonly source: string;
  /** The files of each kata, by the kata's id, then by the name that `kata.json` gives. */
  readonly answers: ReadonlyMap<string, ReadonlyMap<string, Uint8Array>>;
  /** From the roster or the download, never from files or commits; null where neither tells. */
  readonly submittedAt: Date | null;
  /** What could not be taken and why, as sentences: a link, a file that is too large, a name that climbs out. */
  readonly problems: readonly string[];
}

/**
 * How a kata of a student ended. Only `pass` and `fail` say that the spec ran to its end. `missing`: nothing was handed in for the kata.
 * `inconclusive` (the machine was too busy) and `infrastructure` (the grader failed) are never a zero: they export as an empty cell.
 */
export const gradeVerdicts = [
  'pass',
  'fail',
  'timeout',
  'crashed',
  'memory',
  'refused',
  'tampered',
  'missing',
  'inconclusive',
  'infrastructure',
] as const;
export type GradeVerdict = (typeof gradeVerdicts)[number];

/** Verdicts that say nothing about the answer: they are tried again, and leave the cell of a gradebook empty. */
export const unknownVerdicts: ReadonlySet<GradeVerdict> = new Set([
  'inconclusive',
  'infrastructure',
]);

/** One test of a kata, as it is reported: what `TestResult` says, and whether its verdict counts. */
export type GradedTest = Pick<
  TestResult,
  'name' | 'verdict' | 'failure' | 'spans' | 'virtual' | 'virtualMs'
>;

/** One kata of one student. */
export interface Grade {
  readonly student: string;
  /** `03-three-fetches` */
  readonly kata: string;
  readonly verdict: GradeVerdict;
  /** Why, in one sentence, where the tests do not say it: what the policy refused, what was tampered with; null otherwise. */
  readonly reason: string | null;
  /** Tests that passed, of all that the kata has; zero where the verdict is none of `pass` and `fail`. */
  readonly passedTests: number;
  readonly tests: readonly GradedTest[];
  /** The number of tests of the kata's manifest: a missing, skipped, extra or renamed test is never a point. */
  readonly allTests: number;
  /** The seed of the inputs, with which the run can be repeated. */
  readonly seed: string;
  /** Hash of the submission's files for this kata. */
  readonly submission: string;
  /** Hash of the specs, the harness and the Node version that judged. */
  readonly harness: string;
  readonly judgedMs: number;
}

/** What comes out of grading a class: every export is made of this alone. Also the file `report.json`. */
export interface ClassReport {
  readonly schema: 'event-loop-katas/class-report/v1';
  /** ISO 8601. */
  readonly gradedAt: string;
  readonly katas: readonly {
    readonly id: string;
    readonly title: string;
    readonly weight: number;
    readonly tests: readonly string[];
  }[];
  readonly students: readonly (Student & {
    readonly source: string | null;
    /** ISO 8601; null where nothing tells. */
    readonly submittedAt: string | null;
    readonly late: boolean;
    readonly problems: readonly string[];
  })[];
  readonly grades: readonly Grade[];
}
