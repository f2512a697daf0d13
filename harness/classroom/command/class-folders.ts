import { existsSync, mkdirSync, readdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../../catalog/message-of.ts';
import { GradeUsageError } from './grade-usage-error.ts';

/** What a run leaves in its folder before anything else. */
export const verdictsFile = 'verdicts.sqlite';

export function classFolder(positionals: readonly string[]): string {
  const [word, ...more] = positionals;
  if (word === undefined || word === '')
    throw new GradeUsageError('Expected the folder of a class.');
  if (more.length > 0) {
    throw new GradeUsageError(
      `Expected one folder, got "${positionals.join(' ')}". Options take one word each.`,
    );
  }
  const directory = fromTyped(word);
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new GradeUsageError(`Expected a folder with what the class handed in, got ${directory}.`);
  }
  return directory;
}

/** Never inside the class: the next run would take its own reports for a student's. */
export function outFolder(directory: string, typed: string | undefined): string {
  if (typed === '') throw new GradeUsageError('Expected the name of a folder behind --out.');
  const out = typed === undefined ? `${directory}-grades` : fromTyped(typed);
  if (isWithin(realPath(out), realpathSync(directory))) {
    throw new GradeUsageError(`Expected --out to be outside the class's folder, got ${out}.`);
  }
  if (holdsOtherFiles(out)) {
    throw new GradeUsageError(
      `Expected --out to be a new or empty folder, or that of an earlier run, got ${out}: what it holds could be overwritten.`,
    );
  }
  return out;
}

function holdsOtherFiles(out: string): boolean {
  try {
    const names = readdirSync(out);
    return names.length > 0 && !names.includes(verdictsFile);
  } catch {
    // It is not there yet, or is told when it is opened.
    return false;
  }
}

/** Whether `file` is `folder` or lies in it; both as `realPath` gives them. */
export function isWithin(file: string, folder: string): boolean {
  const way = path.relative(folder, file);
  return way.split(path.sep)[0] !== '..' && !path.isAbsolute(way);
}

/** Where a path leads, though its end may not be there yet. */
export function realPath(file: string): string {
  if (existsSync(file)) return realpathSync(file);
  const parent = path.dirname(file);
  return parent === file ? file : path.join(realPath(parent), path.basename(file));
}

export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new GradeUsageError(
      `The folder ${folder} cannot be made: ${messageOf(error)}. Name another by --out.`,
    );
  }
}

/** npm starts its scripts in the checkout's root, wherever its user is. */
export function fromTyped(word: string): string {
  const { npm_lifecycle_event: script, INIT_CWD: typedIn } = process.env;
  return path.resolve((script === 'grade' ? typedIn : undefined) ?? process.cwd(), word);
}
