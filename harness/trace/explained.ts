import type { SourceLocation } from './source-location.ts';

/**
 * What kind of failure it was. The first group judges what the code *did*; the second says that it could not be judged as
 * code that runs; `inconclusive` says that the machine was too busy to tell.
 */
export type FailureKind =
  | 'assertion'
  | 'unhandled'
  | 'leak'
  | 'busy-wait'
  | 'deadlock'
  | 'runaway'
  | 'held'
  | 'hang'
  | 'error'
  | 'import'
  | 'missing-export'
  | 'missing-file'
  | 'crash'
  | 'inconclusive';

/** An error that knows how it is to be told; any error class of the harness may carry these fields. */
export interface Explained extends Error {
  readonly kind: FailureKind;
  readonly location?: Pick<SourceLocation, 'file' | 'line'> | null;
  readonly advice?: string | null;
}
