import { cutText } from '../trace/fit-text.ts';

/** Where the progress is written to; `process.stderr` is one. */
export interface ProgressOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/**
 * On a terminal, puts `text` in the place of what was shown before, cut to the line; elsewhere it does nothing.
 *
 * @param text empty where there is nothing to show any more.
 */
export function showProgress(text: string, output: ProgressOutput = process.stderr): void {
  if (!output.isTTY) return;
  // In the last column some terminals begin a new line.
  output.write(`\r\u001B[K${cutText(text, (output.columns ?? 80) - 1)}`);
}
