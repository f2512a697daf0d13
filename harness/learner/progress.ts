import type { Kata } from '../catalog/kata.ts';
import type { KataResult } from '../runner/kata-result.ts';
import { answerId } from './learner-answer.ts';
import { changeState } from './learner-state.ts';
import type { LearnerState } from './learner-state.ts';

/**
 * How far a kata is. `changed`: the file is another one than the one that was judged last, so nothing is known about it.
 */
export type Standing = 'green' | 'red' | 'changed' | 'new';

/** One row of the board. */
export interface Progress {
  readonly kata: string;
  readonly part: number;
  readonly title: string;
  readonly standing: Standing;
  /** Tests that were green, and all tests, at the last verdict; null before the first. */
  readonly green: number | null;
  readonly tests: number | null;
  readonly hints: number;
}

/** Remembers the verdict on the learner's own answer. */
export function rememberVerdict(kata: Kata, result: KataResult, file?: string): void {
  const verdict = {
    verdict: result.verdict,
    green: result.tests.filter((test) => test.verdict === 'pass').length,
    tests: result.tests.length,
    answer: answerId(kata),
  };
  changeState((state) => ({ ...state, verdicts: { ...state.verdicts, [kata.id]: verdict } }), file);
}

/** How far each kata is, by what is remembered and by the files as they are now. */
export function progressOf(katas: readonly Kata[], state: LearnerState): Progress[] {
  return katas.map((kata) => {
    const last = state.verdicts[kata.id];
    return {
      kata: kata.id,
      part: kata.part,
      title: kata.title,
      standing: standingOf(kata, state),
      green: last?.green ?? null,
      tests: last?.tests ?? null,
      hints: state.hints[kata.id] ?? 0,
    };
  });
}

/** The first kata that is not green; null when all are. */
export function nextKata(katas: readonly Kata[], state: LearnerState): Kata | null {
  return katas.find((kata) => standingOf(kata, state) !== 'green') ?? null;
}

function standingOf(kata: Kata, state: LearnerState): Standing {
  const last = state.verdicts[kata.id];
  if (last === undefined) return 'new';
  if (last.answer !== answerId(kata)) return 'changed';
  return last.verdict === 'pass' ? 'green' : 'red';
}
