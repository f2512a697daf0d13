import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Kata } from './kata.ts';
import type { Problem } from './problem.ts';
import { relativePath } from './relative-path.ts';

const leastWrong = 4;

/** Checks that a kata's two folders hold the files that every kata has, and no other. */
export function lintFiles(kata: Kata, solutions: string): Problem[] {
  const solution = path.join(solutions, kata.id);
  const given = kata.modules
    .filter((name) => name.startsWith('./'))
    .map((name) => name.slice('./'.length));
  const own = [
    'README.md',
    'hints.md',
    'kata.json',
    `${kata.slug}.spec.ts`,
    ...kata.files,
    ...given,
  ];

  return [
    ...compare(kata.directory, own),
    ...compare(solution, ['README.md', ...kata.files], ['right', 'wrong']),
    ...compareAnswers(kata, path.join(solution, 'right'), 1),
    ...compareAnswers(kata, path.join(solution, 'wrong'), leastWrong),
  ];
}

function compare(
  folder: string,
  expected: readonly string[],
  foldersBeside: readonly string[] = [],
): Problem[] {
  const found = filesBelow(folder).filter(
    (file) => !foldersBeside.includes(file.split('/')[0]!) || !file.includes('/'),
  );
  return [
    ...expected.filter((file) => !found.includes(file)).map((file) => missing(folder, file)),
    ...found.filter((file) => !expected.includes(file)).map((file) => stray(folder, file)),
  ];
}

function compareAnswers(kata: Kata, folder: string, least: number): Problem[] {
  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
  const problems: Problem[] = [];
  for (const entry of entries) {
    const place = path.join(folder, entry.name);
    if (!entry.isDirectory()) {
      if (!/^[a-z0-9]+(?:-[a-z0-9]+)*\.ts$/.test(entry.name))
        problems.push(stray(folder, entry.name));
      continue;
    }
    const files = filesBelow(place);
    if (!files.includes(kata.files[0]!)) problems.push(missing(place, kata.files[0]!));
    for (const file of files) if (!kata.files.includes(file)) problems.push(stray(place, file));
  }
  if (entries.length < least) {
    problems.push({
      where: relativePath(folder),
      found: `Expected at least ${least} ${path.basename(folder)} answers, got ${entries.length}.`,
      advice: `Add ${least - entries.length} more that a person would really write.`,
    });
  }
  return problems;
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .map((file) => file.split(path.sep).join('/'));
}

function missing(folder: string, file: string): Problem {
  return {
    where: relativePath(path.join(folder, file)),
    found: 'The file is missing.',
    advice: 'Write it; CONTRIBUTING.md lists the files of a kata.',
  };
}

function stray(folder: string, file: string): Problem {
  return {
    where: relativePath(path.join(folder, file)),
    found: 'The file is none of the files that a kata has.',
    advice:
      'Remove it, or name it in kata.json: under "files" if learners edit it, under "modules" as ./name if it is given.',
  };
}
