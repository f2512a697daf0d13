import { formatLocation, type SourceLocation } from '../trace/source-location.ts';
import type { HangReport } from './hang-report.ts';

/** The program held the event loop and never gave it back, so it was ended. */
export class HangError extends Error {
  override readonly name = 'HangError';
  readonly kind = 'hang';
  readonly location: SourceLocation | null;
  readonly advice =
    'Look for a loop whose end never comes, or a call that waits without giving the event loop back.';

  constructor({ message, location }: Pick<HangReport, 'message' | 'location'>) {
    const place =
      location && `\nIt was at ${formatLocation(location)} in ${location.functionName}.`;
    super(message + (place ?? ''));
    this.location = location;
    // Where the program was, not where the harness noticed.
    if (location) this.stack = `${this.name}: ${this.message}\n    at ${frameOf(location)}`;
  }
}

function frameOf({ functionName, file, line, column }: SourceLocation): string {
  return `${functionName} (${file}:${line}:${column})`;
}
