import { parseArgs } from 'node:util';
import type { ParseArgsOptionsConfig } from 'node:util';
import { kataIds, readKata } from '../catalog/kata.ts';
import type { Kata } from '../catalog/kata.ts';
import { messageOf } from '../catalog/message-of.ts';
import { selectKatas } from '../catalog/select-katas.ts';

/** What was typed cannot be meant. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Something that a command needs is not there, and the user can do something about it. */
const toldInOneLine = new Set([
  'UsageError',
  'UnknownKataError',
  'NoSolutionError',
  'ResetError',
  'PublishError',
  'DemoError',
  'NewKataError',
  'PortError',
]);

/**
 * Runs a command of the shell: `main` gets the words behind its name and resolves with the exit code. What the user can mend is told in one line,
 * with exit code 2; any other error is a defect, and keeps its stack.
 */
export async function command(main: (words: string[]) => Promise<number>): Promise<void> {
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof Error) || !toldInOneLine.has(error.name)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}

/**
 * Reads the words of a command line.
 *
 * @throws {UsageError} for an option that is not known.
 */
export function parseWords<const Options extends ParseArgsOptionsConfig>(
  words: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...words], allowPositionals: true, options });
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

/**
 * The one kata that the words name.
 *
 * @throws {UsageError | UnknownKataError} where they name none, or several.
 */
export function oneKata(words: readonly string[]): Kata {
  if (words.length === 0) throw new UsageError('Expected the name of a kata, such as 03.');
  const [id, ...more] = selectKatas(words, kataIds());
  if (id === undefined || more.length > 0) {
    throw new UsageError(`Expected the name of one kata, got "${words.join(' ')}".`);
  }
  return readKata(id);
}
