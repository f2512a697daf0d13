import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { answerFiles, readAnswers, readMainFile } from './answers.ts';
import { findImports } from './imports.ts';
import type { Import } from './imports.ts';
import { allowsImport } from './kata.ts';
import type { Kata } from './kata.ts';
import { messageOf } from './message-of.ts';
import type { Problem } from './problem.ts';
import { relativePath } from './relative-path.ts';
import { parseWrongAnswer } from './wrong-answer.ts';

/** Checks what the starter, the solution and the right and wrong answers say: the TODO, the imports, the first comments. */
export function lintSources(kata: Kata, solutions: string): Problem[] {
  const starter = filesIn(kata, kata.directory);
  const solution = filesIn(kata, path.join(solutions, kata.id));
  const right = readAnswers(kata, 'right', solutions);
  const wrong = readAnswers(kata, 'wrong', solutions);
  const answers = [...right, ...wrong].flatMap((answer) => answerFiles(kata, answer));

  return [
    ...lintTodos(kata, starter, solution),
    ...[...starter, ...solution, ...answers].flatMap((file) => lintImports(kata, file)),
    ...wrong.flatMap((answer) => lintFirstComment(answer.path, () => readMainFile(kata, answer))),
  ];
}

/** The kata's files that are in `folder`; one that is missing is told by `lintFiles`. */
function filesIn(kata: Kata, folder: string): string[] {
  return kata.files.map((name) => path.join(folder, name)).filter((file) => existsSync(file));
}

function lintTodos(kata: Kata, starter: readonly string[], solution: readonly string[]): Problem[] {
  const problems: Problem[] = [];
  const inStarter = starter.reduce((sum, file) => sum + todos(file), 0);
  if (inStarter !== 1) {
    problems.push({
      where: relativePath(kata.directory),
      found: `Expected one TODO in the starter, got ${inStarter}.`,
      advice: 'Mark the one place where a learner begins.',
    });
  }
  for (const file of solution) {
    if (todos(file) === 0) continue;
    problems.push({
      where: relativePath(file),
      found: 'Expected no TODO in the solution.',
      advice: 'Turn it into an explanation: the difference to the starter is the lesson.',
    });
  }
  return problems;
}

function todos(file: string): number {
  return readFileSync(file, 'utf8').match(/\bTODO\b/g)?.length ?? 0;
}

function lintImports(kata: Kata, file: string): Problem[] {
  return findImports(readFileSync(file, 'utf8'))
    .filter((found) => !isAllowed(kata, file, found))
    .map(({ module, line }) => ({
      where: `${relativePath(file)}:${line}`,
      found: `The import of '${module}' is none that an answer may have.`,
      advice: `Do without it, or name it under "modules" in katas/${kata.id}/kata.json.`,
    }));
}

function isAllowed(kata: Kata, file: string, { module, typeOnly }: Import): boolean {
  if (!module.startsWith('.')) return allowsImport(kata, module);
  const own = [...kata.files, ...kata.modules].map((name) => path.join('.', name));
  const target = path.resolve(path.dirname(file), module);
  const beside = own.some((name) => target === path.resolve(path.dirname(file), name));
  // Types vanish before the answer runs elsewhere, so they may come from the kata's own folder.
  return beside || (typeOnly && own.some((name) => target === path.join(kata.directory, name)));
}

function lintFirstComment(file: string, read: () => string): Problem[] {
  try {
    parseWrongAnswer(read());
    return [];
  } catch (error) {
    return [
      {
        where: relativePath(file),
        found: messageOf(error),
        advice: 'CONTRIBUTING.md shows how a wrong answer names its tests.',
      },
    ];
  }
}
