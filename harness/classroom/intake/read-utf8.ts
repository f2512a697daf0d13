import { readFileSync } from 'node:fs';
import { TextDecoder } from 'node:util';

/**
 * The text of a file that a teacher's tools made.
 *
 * @throws {Error} where it cannot be read, or is not UTF-8: names would be read wrongly, and grades filed under nobody.
 */
export function readUtf8(file: string): string {
  const bytes = readFileSync(file);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Error(
      `Expected ${file} to be UTF-8. Save it anew: in Excel as "CSV UTF-8", elsewhere with the encoding UTF-8.`,
      { cause: error },
    );
  }
}
