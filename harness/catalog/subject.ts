import path from 'node:path';
import { readAnswers, readMainFile } from './answers.ts';
import type { Kata } from './kata.ts';
import type { CatalogFolders } from './lint-catalog.ts';
import type { JudgedManifest } from './lint-manifest.ts';
import { relativePath } from './relative-path.ts';
import { parseWrongAnswer } from './wrong-answer.ts';

/** An answer whose verdict is known beforehand. */
export interface Subject {
  readonly kata: Kata & JudgedManifest;
  readonly kind: 'starter' | 'solution' | 'right' | 'wrong';
  /** `two-batches` for a right or wrong answer, else the kind. */
  readonly name: string;
  /** What `KATAS_FROM` says; null is the starter. */
  readonly submission: string | null;
  /** The file or folder that a maintainer opens. */
  readonly where: string;
  /** The tests that must reject a wrong answer; empty for the others. */
  readonly fails: readonly string[];
}

/**
 * The starter, the solution, the right and the wrong answers of a kata.
 *
 * @throws {Error} where a wrong answer does not say which tests reject it.
 */
export function subjectsOf(kata: Kata & JudgedManifest, folders: CatalogFolders): Subject[] {
  const { solutions } = folders;
  const main = kata.files[0]!;
  const solution = path.join(solutions, kata.id, main);
  const own: Subject[] = [
    {
      kata,
      kind: 'starter',
      name: 'starter',
      submission: null,
      where: relativePath(path.join(kata.directory, main)),
      fails: [],
    },
    {
      kata,
      kind: 'solution',
      name: 'solution',
      submission: solutions,
      where: relativePath(solution),
      fails: [],
    },
  ];
  const kept = (['right', 'wrong'] as const).flatMap((kind) =>
    readAnswers(kata, kind, solutions).map((answer): Subject => {
      const fails = kind === 'wrong' ? parseWrongAnswer(readMainFile(kata, answer)).fails : [];
      const where = relativePath(answer.path);
      return { kata, kind, name: answer.name, submission: answer.path, where, fails };
    }),
  );
  return [...own, ...kept];
}

/** `03-three-fetches: wrong/two-batches` */
export function subjectName({ kata, kind, name }: Subject): string {
  return `${kata.id}: ${kind === name ? name : `${kind}/${name}`}`;
}
