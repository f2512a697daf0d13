/** Something that a maintainer has to mend. */
export interface Problem {
  /** The file, the kata or the check that it is about. */
  readonly where: string;
  /** What was expected and what was found, as a sentence. */
  readonly found: string;
  /** What to do, as a sentence. */
  readonly advice: string;
}
