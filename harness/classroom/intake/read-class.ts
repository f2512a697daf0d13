import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Student, Submission } from '../grade-report.ts';
import type { IntakeKata } from './find-answers.ts';
import { groupHandIns } from './hand-ins.ts';
import type { ClassEntry, HandIn } from './hand-ins.ts';
import { defaultLimits } from './limits.ts';
import type { Limits } from './limits.ts';
import { readHandIn } from './read-hand-in.ts';
import { matchStudent, readRoster } from './roster.ts';
import type { Roster, RosterStudent } from './roster.ts';
import { showName } from './show-name.ts';

export interface ReadClassOptions {
  /** The katas whose files are taken. */
  readonly katas: readonly IntakeKata[];
  /** Path of the CSV that says who is in the class: see `readRoster`. */
  readonly roster?: string | undefined;
  readonly limits?: Partial<Limits>;
}

/** Everything that a class handed in. */
export interface ClassHandIns {
  /** One for each student, by the student's id; with a roster those too who handed in nothing, with an empty `source`. */
  readonly submissions: Submission[];
  /** What concerns the class or cannot be put down to a student, as sentences. */
  readonly problems: string[];
}

/**
 * Reads the folder of a class: one folder, zip or clone for each student, as Moodle, Canvas and GitHub give them or as they were put there
 * by hand. Only the files that a kata names are taken, and none is run, followed or written anywhere.
 *
 * @throws {Error} where `directory` is no folder or holds no student, or the roster cannot be used.
 */
export async function readClass(
  directory: string,
  { katas, roster: rosterFile, limits: given = {} }: ReadClassOptions,
): Promise<ClassHandIns> {
  const limits = { ...defaultLimits, ...given };
  if (!(await isFolder(directory))) {
    throw new Error(`Expected a folder with what the class handed in, got ${directory}.`);
  }
  const roster: Roster | null = rosterFile === undefined ? null : readRoster(rosterFile);
  const problems: string[] = [...(roster?.problems ?? [])];

  const entries = await listClass(directory, problems);
  const { handIns, problems: unknown } = isOneStudent(entries, katas)
    ? { handIns: [handInOf(directory)], problems: [] }
    : groupHandIns(entries);
  problems.push(...unknown);

  const submissions = new Map<string, Submission>();
  for (const handIn of handIns) {
    const student = identify(handIn, roster, problems);
    const source = handIn.sources.map(({ entry }) => showName(entry)).join(', ');
    const taken = submissions.get(student.id);
    if (taken) {
      problems.push(
        `${showName(student.id)} handed in twice, as ${taken.source} and ${source}: the first was taken.`,
      );
      continue;
    }
    submissions.set(student.id, {
      student: { id: student.id, name: student.name, email: student.email },
      source,
      submittedAt: student.submittedAt,
      ...(await readHandIn(directory, handIn, katas, limits)),
    });
  }
  addAbsent(submissions, roster);
  if (submissions.size === 0) {
    throw new Error(`Expected a folder, zip or clone for each student in ${directory}, got none.`);
  }
  problems.push(...alikeIds([...submissions.keys()]));
  return {
    submissions: [...submissions.values()].toSorted((one, other) =>
      one.student.id < other.student.id ? -1 : 1,
    ),
    problems,
  };
}

async function isFolder(directory: string): Promise<boolean> {
  try {
    return (await stat(directory)).isDirectory();
  } catch {
    return false;
  }
}

async function listClass(directory: string, problems: string[]): Promise<ClassEntry[]> {
  const entries: ClassEntry[] = [];
  for (const child of await readdir(directory, { withFileTypes: true })) {
    if (child.name.startsWith('.') || child.name === '__MACOSX') continue;
    if (child.isFile()) entries.push({ name: child.name, kind: 'file' });
    else if (child.isDirectory()) {
      const isClone = existsSync(path.join(directory, child.name, '.git'));
      entries.push({ name: child.name, kind: isClone ? 'clone' : 'folder' });
    } else {
      problems.push(`${showName(child.name)} is neither a folder nor a file: it was not taken.`);
    }
  }
  return entries;
}

/** Someone may point at the folder of one student. */
function isOneStudent(entries: readonly ClassEntry[], katas: readonly IntakeKata[]): boolean {
  return entries.some(
    ({ name, kind }) =>
      kind !== 'file' && (name === 'katas' || katas.some(({ id }) => id === name)),
  );
}

function handInOf(directory: string): HandIn {
  const id = path.basename(path.resolve(directory));
  return { id, name: null, keys: [[id]], sources: [{ entry: '.', kind: 'folder', fileName: '' }] };
}

type Identified = Student & Pick<RosterStudent, 'submittedAt'>;

function identify(handIn: HandIn, roster: Roster | null, problems: string[]): Identified {
  const own: Identified = {
    id: showName(handIn.id),
    name: handIn.name === null ? null : showName(handIn.name),
    email: null,
    submittedAt: null,
  };
  if (!roster) return own;
  const found = matchStudent(roster.students, handIn.keys);
  const source = showName(handIn.sources[0]!.entry);
  if (found === null) {
    problems.push(`${source} belongs to nobody on the roster: it is filed under ${own.id}.`);
    return freeOf(own, roster);
  }
  if (!('id' in found)) {
    const ids = found.map(({ id }) => showName(id)).join(' and ');
    problems.push(
      `${source} could belong to ${ids}: it is filed under ${own.id}. Say in a column "folder" of the roster whose it is.`,
    );
    return freeOf(own, roster);
  }
  return found;
}

/** A hand-in that is nobody's must not stand under the id of someone on the roster. */
function freeOf(own: Identified, { students }: Roster): Identified {
  return students.some(({ id }) => id === own.id)
    ? { ...own, id: `${own.id} (not on the roster)` }
    : own;
}

function addAbsent(submissions: Map<string, Submission>, roster: Roster | null): void {
  for (const { id, name, email, submittedAt } of roster?.students ?? []) {
    if (submissions.has(id)) continue;
    const student = { id, name, email };
    submissions.set(id, { student, source: '', answers: new Map(), submittedAt, problems: [] });
  }
}

/** Reports are files: on many machines `Ada` and `ada` are one. */
function alikeIds(ids: readonly string[]): string[] {
  const byFolded = Map.groupBy(ids, (id) => id.normalize('NFKC').toLowerCase());
  return [...byFolded.values()]
    .filter((same) => same.length > 1)
    .map(
      (same) =>
        `${same.join(' and ')} differ only in how they are written: they count as ${same.length} students.`,
    );
}
