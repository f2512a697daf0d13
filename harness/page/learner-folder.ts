import path from 'node:path';
import { readKatas } from '../catalog/kata.ts';
import type { Kata } from '../catalog/kata.ts';
import { readState } from '../learner/learner-state.ts';
import { progressOf } from '../learner/progress.ts';
import type { Progress } from '../learner/progress.ts';
import { projectRoot } from '../trace/source-location.ts';
import { readAnswer } from './answer-file.ts';

/** Where a learner works, and what is remembered of them. */
export interface LearnerFolder {
  /** The katas with their text, hints and specs, from this checkout. */
  readonly katas: readonly Kata[];
  /** The same kata, with the folder in which the learner's answer lies. */
  answerTo(kata: Kata): Kata;
  /** What `KataSession.run` calls a submission: null is the checkout's own `katas/`. */
  readonly submission: string | null;
  readonly stateFile: string;
  /** Where `reset` keeps the learner's versions. */
  readonly kept: string;
}

/**
 * The learner's own `katas/`, or another folder of answers that is built like it; that one has a `.kata` of its own, so that the learner's
 * progress is not touched.
 *
 * @param answers absolute path; null is the checkout's own.
 */
export function learnerFolder(answers: string | null): LearnerFolder {
  const own = path.join(answers ?? projectRoot, '.kata');
  return {
    katas: readKatas(),
    answerTo: (kata) =>
      answers === null ? kata : { ...kata, directory: path.join(answers, kata.id) },
    submission: answers,
    stateFile: path.join(own, 'learner.json'),
    kept: path.join(own, 'kept'),
  };
}

/** How far each kata is; one whose files cannot be read is told as changed. */
export function standings(folder: LearnerFolder): Progress[] {
  const state = readState(folder.stateFile);
  return folder.katas.map((kata) => {
    const answer = folder.answerTo(kata);
    const hasProblem = readAnswer(answer).some(({ problem }) => problem !== null);
    const [row] = progressOf([hasProblem ? { ...answer, files: [] } : answer], state);
    return hasProblem && row!.standing !== 'new' ? { ...row!, standing: 'changed' } : row!;
  });
}
