import type { SourceLocation } from '../trace/source-location.ts';

/** The line that held the event loop. */
export interface Blame {
  readonly location: SourceLocation;
  /** The function that was called there and did not return, such as `execFileSync`; null where the line itself computed. */
  readonly callee: string | null;
  /** How long that line held the loop in one go, in milliseconds. */
  readonly heldMs: number;
  /** Its part of the whole hold, from 0 to 1. */
  readonly share?: number;
}
