import path from 'node:path';
import type { Kata } from '../../catalog/kata.ts';
import type { Entry } from './entry.ts';
import { showName } from './show-name.ts';

/** The part of a kata that says which of a student's files belong to it. */
export type IntakeKata = Pick<Kata, 'id' | 'files'>;

/** Where a kata's files lie in a hand-in. */
export interface FoundAnswer {
  readonly kata: IntakeKata;
  /** By the name that `kata.json` gives. */
  readonly files: ReadonlyMap<string, Entry>;
}

/** In a clone these hold answers and tests of ours. */
const notTheStudents = new Set(['solutions', 'harness']);

/**
 * Finds the files that katas name: in `katas/03-three-fetches/`, in `03-three-fetches/`, or, where there is no such folder, the kata's
 * main file by its name alone. All files of a kata come from one folder; whatever else lies there is not taken.
 *
 * @returns what was found, and sentences on what looks like an answer and is none.
 */
export function findAnswers(
  entries: readonly Entry[],
  katas: readonly IntakeKata[],
): { answers: FoundAnswer[]; problems: string[] } {
  const folders = groupByFolder(entries);
  const ids = new Set(katas.map(({ id }) => id));
  const problems = foldersThatAreNone(entries, ids);
  const answers: FoundAnswer[] = [];
  for (const kata of katas) {
    const candidates = [...folders.keys()]
      .map((folder) => ({ folder, rank: rankOf(folder, folders.get(folder)!, kata, ids) }))
      .filter(({ rank }) => rank !== null)
      .toSorted((one, other) => one.rank! - other.rank! || (one.folder < other.folder ? -1 : 1));
    const [first, second] = candidates;
    if (!first) {
      problems.push(...nearlyNamed(kata, folders, ids));
      continue;
    }
    if (second && second.rank === first.rank) {
      problems.push(
        `${kata.id} is there twice, in ${showFolder(first.folder)} and ${showFolder(second.folder)}: the first was taken.`,
      );
    }
    const inside = folders.get(first.folder)!;
    const files = new Map(
      kata.files.flatMap((name) => {
        const entry = inside.get(name);
        return entry ? [[name, entry] as const] : [];
      }),
    );
    problems.push(...otherSpellings(kata, inside));
    if (files.size > 0) answers.push({ kata, files });
  }
  return { answers, problems };
}

/** A link may lead to the folder of another student. */
function foldersThatAreNone(entries: readonly Entry[], ids: ReadonlySet<string>): string[] {
  return entries
    .filter(({ kind }) => kind !== 'file')
    .filter(({ path: name }) => ids.has(path.posix.basename(name)) || name.endsWith('katas'))
    .map(({ path: name }) => `${showName(name)} is a link or no plain folder: it was not taken.`);
}

function groupByFolder(entries: readonly Entry[]): Map<string, Map<string, Entry>> {
  const folders = new Map<string, Map<string, Entry>>();
  for (const entry of entries) {
    const folder = path.posix.dirname(entry.path);
    if (folder.split('/').some((part) => notTheStudents.has(part))) continue;
    const inside = folders.get(folder) ?? new Map<string, Entry>();
    inside.set(path.posix.basename(entry.path), entry);
    folders.set(folder, inside);
  }
  return folders;
}

/** The lower, the likelier: a kata's folder before a plain one, one near the root before one further in; null where it is none. */
function rankOf(
  folder: string,
  inside: ReadonlyMap<string, Entry>,
  kata: IntakeKata,
  ids: ReadonlySet<string>,
): number | null {
  const parts = folder === '.' ? [] : folder.split('/');
  const depth = parts.length;
  const own = parts.at(-1);
  if (own === kata.id) {
    const isNamed = kata.files.some((name) => hasSpellingOf(name, inside));
    return isNamed ? depth : null;
  }
  if (own !== undefined && ids.has(own)) return null;
  return inside.has(kata.files[0]!) ? 1000 + depth : null;
}

function hasSpellingOf(name: string, inside: ReadonlyMap<string, Entry>): boolean {
  return inside.has(name) || [...inside.keys()].some((other) => fold(other) === fold(name));
}

/** On many machines `A.ts` and `a.ts` are one file, and a student would not see the difference. */
function otherSpellings(kata: IntakeKata, inside: ReadonlyMap<string, Entry>): string[] {
  return kata.files.flatMap((name) =>
    [...inside.keys()]
      .filter((other) => other !== name && fold(other) === fold(name))
      .map((other) => `${kata.id}: ${showName(other)} was not taken: the file is called ${name}.`),
  );
}

/** What was meant for the kata, most likely: a file whose name is nearly its own, and a folder of the kata without its file. */
function nearlyNamed(
  kata: IntakeKata,
  folders: ReadonlyMap<string, ReadonlyMap<string, Entry>>,
  ids: ReadonlySet<string>,
): string[] {
  const [main = ''] = kata.files;
  const wanted = foldLoosely(main);
  for (const [folder, inside] of folders) {
    const own = path.posix.basename(folder);
    if (own !== kata.id && ids.has(own)) continue;
    const near = [...inside.keys()].find((name) => foldLoosely(name) === wanted);
    if (near !== undefined) {
      const where = showName(path.posix.join(folder, near));
      return [`${kata.id}: ${where} was not taken: the file is called ${main}.`];
    }
  }
  const mine = [...folders.keys()].find((folder) => path.posix.basename(folder) === kata.id);
  return mine === undefined ? [] : [`${kata.id}: ${showFolder(mine)} holds no ${main}.`];
}

/** Without what a browser, a file manager or a student in a hurry adds: `three-fetches (1).ts`, `threeFetches - Copy.ts.txt`. */
function foldLoosely(name: string): string {
  const [stem = '', ...endings] = fold(name).split('.');
  const plain = stem
    .replace(/\s*\(\d+\)$/, '')
    .replace(/[\s_-]*(?:copy|kopie|\d)?$/, '')
    .replace(/[\s_-]/g, '');
  return [plain, ...endings.filter((ending) => ending !== 'txt')].join('.');
}

function fold(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

function showFolder(folder: string): string {
  return folder === '.' ? 'the root' : showName(folder);
}
