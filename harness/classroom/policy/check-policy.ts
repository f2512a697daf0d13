import type { AnyNode, Program } from 'acorn';
import type { Inspection, Rule } from './inspection.ts';
import { needsOf } from './kata-needs.ts';
import type { PolicyKata } from './kata-needs.ts';
import { readInlineProgram, readModule } from './read-program.ts';
import { builtInsRule } from './rules/built-ins.ts';
import { constructorsRule } from './rules/constructors.ts';
import { guardedNamesRule } from './rules/guarded-names.ts';
import { modulesRule } from './rules/modules.ts';
import { processRule } from './rules/process.ts';
import { programsRule } from './rules/programs.ts';
import { textsRule } from './rules/texts.ts';
import { buildTree } from './syntax-tree.ts';
import { Values } from './values.ts';

/** One place where an answer reaches for what its kata does not need. */
export interface Refusal {
  /** The name of the file, as `kata.json` gives it. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  /** A sentence for the learner. */
  readonly reason: string;
}

const rules: readonly Rule[] = [
  modulesRule,
  processRule,
  guardedNamesRule,
  constructorsRule,
  builtInsRule,
  textsRule,
  programsRule,
];

/** An answer has some hundred lines; reading a much longer one could keep the grader busy for minutes. */
export const longestFile = 200_000;

/** Programs in the text of a program in the text of a program are nobody's answer. */
const deepestProgram = 3;

/**
 * Reads what a student handed in for `kata`, before any of it runs, and tells where it reaches for what the kata does not need.
 *
 * It reads the source and runs nothing: a name that is put together while the program runs stays unseen where it is not refused as such.
 * So it is a first fence, with a sentence for whoever runs into it; the wall is the sandbox.
 *
 * @param files the student's files by the names in `kata.json`; each of them is checked, so none of the kata's given files belongs here.
 * @returns the places in the order of the files and lines, none where the answer may run. A file that Node cannot read as TypeScript has
 *   none either: loading it tells why.
 */
export async function checkPolicy(
  kata: PolicyKata,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<Refusal[]> {
  const refusals = [...files].map(([file, content]) => checkFile(kata, file, content));
  return (await Promise.all(refusals)).flat();
}

/** Nobody has looked at what such a file does. */
const unreadable = {
  unknown: 'This file has syntax that is too new to be looked at: write it in an older way.',
  nested: 'This file is nested more deeply than can be looked at: write it flatter.',
} as const;

async function checkFile(kata: PolicyKata, file: string, content: Uint8Array): Promise<Refusal[]> {
  const source = Buffer.from(content).toString('utf8');
  if (source.length > longestFile) {
    const reason = `An answer has at most ${longestFile} characters a file, got ${source.length}.`;
    return [{ file, line: 1, reason }];
  }
  const program = await readModule(source);
  if (program === null) return [];
  if (typeof program === 'string') return [{ file, line: 1, reason: unreadable[program] }];

  const refusals = new Map<string, Refusal>();
  inspect(program, { kata, file, as: file, depth: 0, lineOf: (line) => line }, refusals);
  return [...refusals.values()].toSorted((one, other) => one.line - other.line);
}

interface Place {
  readonly kata: PolicyKata;
  readonly file: string;
  /** The file by which the needs are told; another one for a program in a text. */
  readonly as: string;
  readonly depth: number;
  /** The line of the file for one of the program. */
  readonly lineOf: (line: number) => number;
}

function inspect(program: Program, place: Place, refusals: Map<string, Refusal>): void {
  const { kata, file, lineOf } = place;
  const values = new Values(buildTree(program));
  const inspection: Inspection = {
    kata,
    file,
    values,
    needs: needsOf(kata, place.as),
    refuse(node, reason) {
      const line = lineOf(lineWithin(node));
      refusals.set(`${line} ${reason}`, { file, line, reason });
    },
    inspectInline(node, source) {
      if (place.depth === deepestProgram) {
        return inspection.refuse(node, 'An answer needs no program in a program in a program.');
      }
      const inline = readInlineProgram(source);
      // Node cannot read it either, and tells so where it is started.
      if (inline === null) return;
      const first = lineWithin(node);
      // Only between backquotes the lines of the program are lines of the file.
      const isInPlace = node.type === 'TemplateLiteral';
      const lineOfInline = (line: number) => lineOf(isInPlace ? first + line - 1 : first);
      inspect(
        inline,
        { kata, file, as: `${file} (program)`, depth: place.depth + 1, lineOf: lineOfInline },
        refusals,
      );
    },
  };
  for (const node of values.tree.nodes) for (const rule of rules) rule(node, inspection);
}

function lineWithin(node: AnyNode): number {
  return node.loc?.start.line ?? 1;
}
