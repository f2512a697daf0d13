import { mkdirSync, readdirSync } from 'node:fs';
import type { Kata } from '../../catalog/kata.ts';
import { messageOf } from '../../catalog/message-of.ts';
import { readStarters, type Starters } from '../../learner/starters.ts';
import { projectRoot } from '../../trace/source-location.ts';
import { fromTyped, isWithin, realPath } from '../command/class-folders.ts';
import { GradeUsageError } from '../command/grade-usage-error.ts';
import { readMarker } from './jplag-marker.ts';

/** Where the answers of a class go for JPlag, and what they began with. */
export interface JplagExport {
  /** Absolute path. */
  readonly folder: string;
  readonly katas: readonly Kata[];
  readonly starters: Starters;
}

export interface PrepareJplagOptions {
  /** The folder of the class. */
  readonly directory: string;
  /** The folder of reports and verdicts. */
  readonly out: string;
  readonly katas: readonly Kata[];
  /** Default: those that are kept in this checkout. */
  readonly starters?: Starters;
}

/**
 * Makes the folder into which `writeJplag` writes, before anything is judged: what does not fit is told at once, not after an hour. A folder
 * that holds anything is taken only where the marker of an earlier export lies in it.
 *
 * @param typed the folder, as somebody typed it.
 * @throws {GradeUsageError} where the folder is not new, empty or ours, is not apart from the class, the reports and this checkout, or has a
 *   comma in its path, and where the starter of a kata is not kept.
 */
export function prepareJplag(
  typed: string,
  { directory, out, katas, starters = readStarters() }: PrepareJplagOptions,
): JplagExport {
  if (typed === '') throw new GradeUsageError('Expected the name of a folder behind --jplag.');
  const folder = fromTyped(typed);
  checkPlace(folder, directory, out);
  for (const { id, files } of katas) {
    if (files.every((name) => starters[id]?.[name] !== undefined)) continue;
    throw new GradeUsageError(
      `The starter of ${id} is not kept yet, and --jplag needs it; run \`npm run starters\` while it holds no answer.`,
    );
  }

  let names: string[];
  try {
    mkdirSync(folder, { recursive: true });
    names = readdirSync(folder);
  } catch (error) {
    throw new GradeUsageError(
      `Expected a folder behind --jplag that can be made: ${messageOf(error)}.`,
    );
  }
  if (names.length > 0 && readMarker(folder) === null) {
    throw new GradeUsageError(
      `Expected --jplag to be a new or empty folder, or that of an earlier --jplag, got ${folder}: what it holds could be overwritten.`,
    );
  }
  return { folder, katas, starters };
}

function checkPlace(folder: string, directory: string, out: string): void {
  const place = realPath(folder);
  // In the checkout the answers would be committed with it, and those in `katas` can be read by the next that are judged.
  for (const [name, other] of [
    ["the class's folder", realPath(directory)],
    ['this checkout', realPath(projectRoot)],
  ] as const) {
    // Nor the other way about: somebody may grade what lies in an earlier export, which is replaced.
    if (isWithin(place, other) || isWithin(other, place)) {
      throw new GradeUsageError(`Expected --jplag to be apart from ${name}, got ${folder}.`);
    }
  }
  // The verdicts of a run that was cut off would lie in it, and the same command would not go on.
  if (place === realPath(out)) {
    throw new GradeUsageError(`Expected --jplag to be another folder than --out, got ${folder}.`);
  }
  if (folder.includes(',')) {
    throw new GradeUsageError(
      `Expected --jplag to be a folder without a comma in its path, got ${folder}: JPlag takes it for two.`,
    );
  }
}
