import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { solutionsDirectory, type Kata } from './kata.ts';

/** A right or wrong answer that is kept beside the solution. */
export interface Answer {
  readonly kind: 'right' | 'wrong';
  /** `two-batches` */
  readonly name: string;
  /** Absolute path: one file that stands for the kata's main file, or a folder with several of the kata's files. */
  readonly path: string;
}

/** The right and the wrong answers to `kata` that lie in `solutions`, in the order of their names. */
export function readAnswers(
  kata: Pick<Kata, 'id'>,
  kind: Answer['kind'],
  solutions: string,
): Answer[] {
  const folder = path.join(solutions, kata.id, kind);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || entry.name.endsWith('.ts'))
    .map((entry) => ({
      kind,
      name: entry.name.replace(/\.ts$/, ''),
      path: path.join(folder, entry.name),
    }))
    .toSorted((a, b) => a.name.localeCompare(b.name));
}

/** The files of an answer, absolute, its main file first. */
export function answerFiles(kata: Pick<Kata, 'files'>, answer: Pick<Answer, 'path'>): string[] {
  if (answer.path.endsWith('.ts')) return [answer.path];
  return kata.files.map((name) => path.join(answer.path, name)).filter((file) => existsSync(file));
}

/** What the answer's files hold, by the names that the kata gives them. */
export function readAnswerFiles(
  kata: Pick<Kata, 'files'>,
  answer: Pick<Answer, 'path'>,
): Map<string, Buffer> {
  return new Map(
    answerFiles(kata, answer).map((file) => [
      file === answer.path ? kata.files[0]! : path.relative(answer.path, file),
      readFileSync(file),
    ]),
  );
}

/** What the solution's files hold, by their names. */
export function readSolutionFiles(kata: Pick<Kata, 'id' | 'files'>): Map<string, Buffer> {
  return readAnswerFiles(kata, { path: path.join(solutionsDirectory, kata.id) });
}

/**
 * The source of the answer's main file.
 *
 * @throws {Error} where a folder has no main file.
 */
export function readMainFile(kata: Pick<Kata, 'files'>, answer: Answer): string {
  const [main] = answerFiles(kata, answer);
  if (main === undefined || (main !== answer.path && path.basename(main) !== kata.files[0])) {
    throw new Error(`Expected the main file ${kata.files[0]} in the folder ${answer.name}.`);
  }
  return readFileSync(main, 'utf8');
}
