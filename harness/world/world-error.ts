import type { Explained, FailureKind } from '../trace/explained.ts';
import type { SourceLocation } from '../trace/source-location.ts';

/** An error of the world that a kata talks to. Its message is written for the learner. */
export class WorldError extends Error implements Explained {
  override readonly name = 'WorldError';
  readonly kind: FailureKind;
  readonly location: SourceLocation | null;
  readonly advice: string | null;

  constructor(
    message: string,
    details: {
      kind: FailureKind;
      location?: SourceLocation | null;
      advice?: string;
      cause?: unknown;
    },
  ) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined);
    this.kind = details.kind;
    this.location = details.location ?? null;
    this.advice = details.advice ?? null;
  }
}
