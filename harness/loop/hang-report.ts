import type { SourceLocation } from '../trace/source-location.ts';
import type { Phase } from './watchdog-memory.ts';

/** What the watchdog found when it ended a program. */
export interface HangReport {
  /** `import`: before the first test of the file; `test`: in one; `between`: after one, in what it left behind. */
  readonly phase: Phase;
  /** A sentence about the program, without its place. */
  readonly message: string;
  /** Where it was; null where no stack could be read. */
  readonly location: SourceLocation | null;
  /** The function that was called there and did not return, where that is known. */
  readonly callee: string | null;
  /** The test that ran, or an empty string. */
  readonly test: string;
}

/** Tells what was seen, as a sentence. */
export function hangSentence(phase: Phase, silentMs: number, callee: string | null): string {
  const seconds = (silentMs / 1000).toFixed(1);
  const call = callee === null ? '' : ` It was in ${callee}, which had not returned.`;
  if (phase === 'import') {
    return `Your code held the event loop for ${seconds} s while it was loaded, and did not stop, so it was ended.${call}`;
  }
  if (phase === 'between') {
    return `After the test had ended, your code held the event loop for ${seconds} s and did not stop, so it was ended.${call}`;
  }
  return `Your code held the event loop for ${seconds} s and did not give it back, so it was ended.${call}`;
}
