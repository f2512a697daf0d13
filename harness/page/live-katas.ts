import type { Kata } from '../catalog/kata.ts';
import type { Judge } from './judge.ts';
import type { LearnerFolder } from './learner-folder.ts';
import { LiveKata } from './live-kata.ts';

/** The katas that were looked at since the page was started: each keeps its last verdicts. */
export class LiveKatas {
  readonly #folder: LearnerFolder;
  readonly #judge: Judge;
  readonly #known = new Map<string, LiveKata>();

  constructor(folder: LearnerFolder, judge: Judge) {
    this.#folder = folder;
    this.#judge = judge;
  }

  of(kata: Kata): LiveKata {
    const known = this.#known.get(kata.id) ?? new LiveKata(kata, this.#folder, this.#judge);
    this.#known.set(kata.id, known);
    return known;
  }
}
