import type { Explained, FailureKind } from '../trace/explained.ts';

/** What a failure may carry beside its sentences. */
export interface FailureDetails {
  /** The place in the learner's program that the sentences speak of. */
  readonly location?: Explained['location'];
  /** What to do or read next. */
  readonly advice?: string | null;
  readonly expected?: unknown;
  readonly received?: unknown;
}

/** A failed check, told in sentences about the learner's program. */
export class KataFailure extends Error implements Explained {
  override readonly name: string = 'KataFailure';
  readonly kind: FailureKind = 'assertion';
  declare readonly location?: NonNullable<Explained['location']> | null;
  readonly advice: string | null;
  declare readonly expected?: unknown;
  declare readonly received?: unknown;

  /** @param sentences - one, or several that are shown one to a line. */
  constructor(sentences: string | readonly string[], details: FailureDetails = {}) {
    super(typeof sentences === 'string' ? sentences : sentences.join('\n'));
    this.advice = details.advice ?? null;
    if (details.location !== undefined) this.location = details.location;
    if (Object.hasOwn(details, 'expected')) this.expected = details.expected;
    if (Object.hasOwn(details, 'received')) this.received = details.received;
  }
}

/** The machine was too busy to judge: the test is neither passed nor failed, and is run again. */
export class InconclusiveError extends Error implements Explained {
  override readonly name: string = 'InconclusiveError';
  readonly kind = 'inconclusive';
  readonly advice = 'Run it again; close what else keeps the machine busy if it happens often.';
}
