import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readAnswers } from './answers.ts';
import type { Kata } from './kata.ts';
import type { Problem } from './problem.ts';
import { relativePath } from './relative-path.ts';

const hintCount = 3;

/** Checks a kata's README, its hints and its solution's README. A file that is missing is told by `lintFiles`. */
export function lintDocuments(kata: Kata, solutions: string): Problem[] {
  return [...lintReadme(kata), ...lintHints(kata), ...lintSolutionReadme(kata, solutions)];
}

function lintReadme(kata: Kata): Problem[] {
  const file = path.join(kata.directory, 'README.md');
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  const problems: Problem[] = [];
  if (!headings(text).includes('Contract')) {
    problems.push({
      where: relativePath(file),
      found: 'Expected a section "## Contract".',
      advice: 'Write down there all that the spec relies on.',
    });
  }
  if (!text.startsWith(`# ${kata.number} ${kata.title}\n`)) {
    problems.push({
      where: relativePath(file),
      found: `Expected the first line "# ${kata.number} ${kata.title}".`,
      advice: 'Let the README and "title" in kata.json say the same.',
    });
  }
  return problems;
}

function lintHints(kata: Kata): Problem[] {
  const file = path.join(kata.directory, 'hints.md');
  if (!existsSync(file)) return [];
  const numbers = headings(readFileSync(file, 'utf8')).map((heading) =>
    Number.parseInt(heading, 10),
  );
  if (numbers.join() === Array.from({ length: hintCount }, (_, index) => index + 1).join())
    return [];
  return [
    {
      where: relativePath(file),
      found: `Expected ${hintCount} hints, "## 1. …" to "## ${hintCount}. …", got ${numbers.length} sections.`,
      advice:
        'Write three hints, from a nudge to nearly there; they name the tool, never the answer.',
    },
  ];
}

function lintSolutionReadme(kata: Kata, solutions: string): Problem[] {
  const file = path.join(solutions, kata.id, 'README.md');
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  return readAnswers(kata, 'wrong', solutions)
    .filter(({ name }) => !text.includes(`wrong/${name}`))
    .map(({ name }) => ({
      where: relativePath(file),
      found: `Expected a word on the wrong answer ${name}, with a link to wrong/${name}.`,
      advice: 'Say in a line what it gets wrong.',
    }));
}

/** The texts of the sections of the second level. */
function headings(text: string): string[] {
  return [...text.matchAll(/^## +(.+?) *$/gm)].map((match) => match[1]!);
}
