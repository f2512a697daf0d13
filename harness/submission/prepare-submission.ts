import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Kata } from '../catalog/kata.ts';
import { authorPath, mapCopy, projectRoot } from '../trace/source-location.ts';

const submissionsDirectory = path.join(projectRoot, '.kata', 'submissions');

/** A submission does not hold the file that the kata needs. */
export class MissingSubmissionError extends Error {
  override readonly name = 'MissingSubmissionError';
  readonly kind = 'missing-file';
}

/**
 * Copies the answer to `kata` that lies in `from` into a folder inside the checkout, and returns that folder: only from
 * there does an answer's `import 'undici'` find its package, and workers and child processes find their own file.
 *
 * The copy holds the kata's own files, and over them the files named in `kata.json` where the submission has them; nothing
 * else of a submission is ever taken. It goes when this process ends.
 *
 * @param from a folder with `NN-slug/<slug>.ts` in it (a student's folder, `solutions`), a folder with `<slug>.ts` in it, or one file
 *   that stands for the kata's main file.
 * @throws {MissingSubmissionError} where there is none of these.
 */
export function prepareSubmission(kata: Kata, from: string): string {
  const source = findSource(kata, path.resolve(projectRoot, from));
  removeAbandoned();

  const copy = path.join(submissionsDirectory, String(process.pid), kata.id);
  rmSync(copy, { recursive: true, force: true });
  mkdirSync(copy, { recursive: true });
  for (const name of ownFiles(kata)) {
    copyFileSync(path.join(kata.directory, name), path.join(copy, name));
  }
  for (const [name, file] of source.files) {
    mkdirSync(path.dirname(path.join(copy, name)), { recursive: true });
    copyFileSync(file, path.join(copy, name));
  }
  mapCopy(copy, source.directory);
  for (const [name, file] of source.files) mapCopy(path.join(copy, name), file);
  removeAtExit();
  return copy;
}

/**
 * The file that its author knows, for a file of a copy that another process made with `prepareSubmission`; any other file is given back
 * as it is.
 */
export function originOfCopy(kata: Kata, from: string, file: string): string {
  const plain = authorPath(file);
  if (!plain.startsWith(submissionsDirectory + path.sep)) return plain;
  const [, , ...parts] = path.relative(submissionsDirectory, plain).split(path.sep);
  const name = parts.join('/');
  const { files } = findSource(kata, path.resolve(projectRoot, from));
  return files.find(([own]) => own === name)?.[1] ?? path.join(kata.directory, name);
}

interface Source {
  readonly directory: string;
  readonly files: readonly (readonly [name: string, file: string])[];
}

function findSource(kata: Kata, from: string): Source {
  const main = kata.files[0]!;
  if (existsSync(from) && statSync(from).isFile()) {
    return { directory: path.dirname(from), files: [[main, from]] };
  }

  const candidates = [path.join(from, kata.id), from];
  const directory = candidates.find((folder) => existsSync(path.join(folder, main)));
  if (directory === undefined) {
    throw new MissingSubmissionError(
      `There is no answer to ${kata.id} in ${from}: expected ${path.join(candidates[0]!, main)}.`,
    );
  }
  const files = kata.files
    .map((name) => [name, path.join(directory, name)] as const)
    .filter(([, file]) => existsSync(file));
  return { directory, files };
}

/** The kata's files besides its spec: what is given, and the starter of what is not in the submission. */
function ownFiles(kata: Kata): string[] {
  return readdirSync(kata.directory).filter(
    (name) => /\.(?:ts|json)$/.test(name) && !name.endsWith('.spec.ts') && name !== 'kata.json',
  );
}

let removesAtExit = false;

function removeAtExit(): void {
  if (removesAtExit) return;
  removesAtExit = true;
  const own = path.join(submissionsDirectory, String(process.pid));
  process.once('exit', () => rmSync(own, { recursive: true, force: true }));
}

/** A process that was killed could not tidy up after itself. */
function removeAbandoned(): void {
  if (!existsSync(submissionsDirectory)) return;
  for (const name of readdirSync(submissionsDirectory)) {
    if (!isAlive(Number.parseInt(name, 10))) {
      rmSync(path.join(submissionsDirectory, name), { recursive: true, force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
