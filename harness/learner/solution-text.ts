import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { solutionsDirectory } from '../catalog/kata.ts';
import type { Kata } from '../catalog/kata.ts';
import { projectRoot } from '../trace/source-location.ts';

/** There is no solution on this machine: the students' edition comes without. */
export class NoSolutionError extends Error {
  override readonly name = 'NoSolutionError';
}

/** Where a solution was found, and its text by the names of the kata's files. */
export interface Solution {
  readonly from: string;
  readonly files: ReadonlyMap<string, string>;
}

/** A branch and a folder are both named `solutions`, so a branch is named with its remote or in full. */
const branches = ['origin/solutions', 'refs/heads/solutions'];

/**
 * Reads the solution of a kata: from the folder `solutions`, else from the branch of that name.
 *
 * @param checkout where git looks for the branch.
 * @throws {NoSolutionError} where there is neither.
 */
export function readSolution(
  kata: Kata,
  folder: string = solutionsDirectory,
  checkout: string = projectRoot,
): Solution {
  const directory = path.join(folder, kata.id);
  if (existsSync(path.join(directory, kata.files[0]!))) {
    const files = kata.files
      .map((name) => [name, path.join(directory, name)] as const)
      .filter(([, file]) => existsSync(file))
      .map(([name, file]) => [name, readFileSync(file, 'utf8')] as const);
    return { from: `solutions/${kata.id}`, files: new Map(files) };
  }
  for (const branch of branches) {
    const files = kata.files.flatMap((name) => {
      const text = showOfBranch(checkout, branch, `katas/${kata.id}/${name}`);
      return text === null ? [] : [[name, text] as const];
    });
    if (files.length > 0) return { from: branch, files: new Map(files) };
  }
  throw new NoSolutionError(
    `There is no solution of kata ${kata.number} here: neither a folder solutions/${kata.id} nor a branch origin/solutions.`,
  );
}

function showOfBranch(checkout: string, branch: string, file: string): string | null {
  try {
    return execFileSync('git', ['show', `${branch}:${file}`], {
      cwd: checkout,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    // No git, no such branch, or not a clone at all.
    return null;
  }
}
