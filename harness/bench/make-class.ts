import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readAnswerFiles, readAnswers } from '../catalog/answers.ts';
import { solutionsDirectory, type Kata } from '../catalog/kata.ts';
import { parseWrongAnswer } from '../catalog/wrong-answer.ts';
import type { GradeVerdict } from '../classroom/grade-report.ts';
import { random, type Random } from '../world/random.ts';
import { corpusAnswers } from './corpus-answers.ts';
import { hostileAnswers } from './hostile-answers.ts';

/** What a student of a made class handed in for a kata, and what has to come of it. */
export interface MadeAnswer {
  readonly student: string;
  readonly kata: string;
  /** `wrong/two-batches` */
  readonly name: string;
  readonly expected: readonly GradeVerdict[];
  /** The tests that reject it, and no other; null where that is not known. */
  readonly fails: readonly string[] | null;
}

export interface MakeClassOptions {
  readonly students: number;
  readonly katas: readonly Kata[];
  /** The same class comes of the same seed. */
  readonly seed: number;
  /** Whether some answers are hostile, and some missing; default true. Without them, every answer may be run by anybody. */
  readonly mixed?: boolean;
}

/** An answer, and what it consists of. */
interface Draft extends Pick<MadeAnswer, 'name' | 'expected' | 'fails'> {
  /** By the names in `kata.json`; none where nothing is handed in. */
  readonly files: ReadonlyMap<string, string>;
}

/** Of a hundred answers: right, wrong, starters, hostile; the rest is missing. */
const shares = { right: 38, wrong: 40, starter: 8, hostile: 8 } as const;
/** One of so many students has copied, byte by byte, so that two share a verdict. */
const copyistOf = 15;

/**
 * Writes the hand-ins of a class into `directory`, a folder for each student with a folder for each kata, and tells what has to come of each.
 *
 * Each answer is somebody's own by a comment behind its last line, but for copyists: the grader judges the same bytes once.
 */
export function makeClass(directory: string, options: MakeClassOptions): MadeAnswer[] {
  const { students, katas, seed, mixed = true } = options;
  const numbers = random(seed);
  const drafts = new Map(katas.map((kata) => [kata, draftsOf(kata)]));
  const answers: MadeAnswer[] = [];
  let copied: Draft[] = [];
  for (let index = 1; index <= students; index += 1) {
    const student = `student-${String(index).padStart(String(students).length, '0')}`;
    mkdirSync(path.join(directory, student), { recursive: true });
    const own =
      index % copyistOf === 0
        ? copied
        : katas.map((kata) => signed(pickOne(drafts.get(kata)!, numbers, mixed), student));
    copied = own;
    for (const [at, { files, name, expected, fails }] of own.entries()) {
      const kata = katas[at]!.id;
      answers.push({ student, kata, name, expected, fails });
      if (files.size > 0) write(path.join(directory, student, kata), files);
    }
  }
  return answers;
}

type Drafts = Record<keyof typeof shares, Draft[]>;

function pickOne(drafts: Drafts, numbers: Random, mixed: boolean): Draft {
  const none: Draft = { name: 'nothing', files: new Map(), expected: ['missing'], fails: null };
  const kinds = (['right', 'wrong', 'starter', 'hostile'] as const).filter(
    (kind) => mixed || kind !== 'hostile',
  );
  const all = kinds.reduce((sum, kind) => sum + shares[kind], 0);
  let rest = numbers.int(1, mixed ? 100 : all);
  for (const kind of kinds) {
    if (rest <= shares[kind]) return numbers.pick(drafts[kind]);
    rest -= shares[kind];
  }
  return none;
}

function draftsOf(kata: Kata): Drafts {
  const solution = textsOf(kata, { path: path.join(solutionsDirectory, kata.id) });
  const right: Draft = { name: 'solution', files: solution, expected: ['pass'], fails: [] };
  const starter = textsOf(kata, { path: kata.directory });
  return {
    right: [right, ...keptDrafts(kata, 'right')],
    wrong: keptDrafts(kata, 'wrong'),
    starter: [{ name: 'starter', files: starter, expected: ['fail'], fails: null }],
    hostile: [...hostileDrafts(kata, solution), ...corpusDrafts(kata)],
  };
}

function hostileDrafts(kata: Kata, solution: ReadonlyMap<string, string>): Draft[] {
  const main = kata.files[0]!;
  return hostileAnswers.map(({ name, code, expected }) => ({
    name: `hostile/${name}`,
    files: new Map(solution).set(main, `${code}\n${solution.get(main)!}`),
    expected,
    fails: null,
  }));
}

function corpusDrafts(kata: Kata): Draft[] {
  return corpusAnswers(kata).map(({ name, files, expected }) => ({
    name: `hostile/${name}`,
    files,
    expected,
    fails: null,
  }));
}

function keptDrafts(kata: Kata, kind: 'right' | 'wrong'): Draft[] {
  return readAnswers(kata, kind, solutionsDirectory).map((answer) => {
    const files = textsOf(kata, answer);
    const name = `${kind}/${answer.name}`;
    if (kind === 'right') return { name, files, expected: ['pass'], fails: [] };
    const { fails } = parseWrongAnswer(files.get(kata.files[0]!)!);
    return { name, files, expected: ['fail'], fails };
  });
}

function textsOf(kata: Kata, answer: { readonly path: string }): Map<string, string> {
  const files = readAnswerFiles(kata, answer);
  return new Map([...files].map(([name, content]) => [name, content.toString()]));
}

function signed(draft: Draft, student: string): Draft {
  const files = [...draft.files].map(
    ([name, text]) => [name, `${text}// By ${student}\n`] as const,
  );
  return { ...draft, files: new Map(files) };
}

function write(folder: string, files: ReadonlyMap<string, string>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of files) writeFileSync(path.join(folder, name), text);
}
