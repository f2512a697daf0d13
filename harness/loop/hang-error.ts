import type { SourceLocation } from '../trace/source-location.ts';

/** The program held the event loop and never gave it back, so it was ended. */
export class HangError extends Error {
  override readonly name = 'HangError';
  readonly kind = 'hang';
  readonly location: SourceLocation | null;
  readonly advice =
    'Look for a loop whose end never comes, or a call that waits without giving the event loop back.';

  constructor(message: string, location: SourceLocation | null) {
    super(message);
    this.location = location;
  }
}
