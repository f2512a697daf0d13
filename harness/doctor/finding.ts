/** What the doctor found about one thing. */
export interface Finding {
  /** `Node`, `memory` */
  readonly name: string;
  /** `limited`: the katas run, but something is slower or missing. `wrong`: they do not, or their verdicts cannot be had. */
  readonly state: 'ok' | 'limited' | 'wrong';
  /** What is there. */
  readonly text: string;
  /** What to do about it; only where it is not ok. */
  readonly advice?: string;
}
