import { showName } from './show-name.ts';

/** One thing in the folder of the class. */
export interface ClassEntry {
  /** The name of the folder or file. */
  readonly name: string;
  /** A clone is a folder with `.git` in it. */
  readonly kind: 'folder' | 'clone' | 'file';
}

/** What belongs to one student, by the names alone. */
export interface HandIn {
  /** Without a roster, what the student is filed under. */
  readonly id: string;
  /** As the download writes it; null where it does not. */
  readonly name: string | null;
  /** By what a roster may know the student, the surest first; what stands side by side has to name the same one. */
  readonly keys: readonly (readonly string[])[];
  readonly sources: readonly HandInSource[];
}

export interface HandInSource {
  /** The name of the folder or file. */
  readonly entry: string;
  readonly kind: 'folder' | 'file';
  /** For a single file: the name that the student gave it. */
  readonly fileName: string;
}

const moodle = /^(?<name>.+)_(?<id>\d+)_assignsubmission_(?<plugin>[a-z]+)(?:_(?<file>.*))?$/s;
const canvas = /^(?<name>[^_]+)_(?:LATE_)?(?<id>\d+)_(?<submission>\d+)_(?<file>.+)$/s;

/**
 * Tells who handed in what by the names of the downloads:
 * Moodle's folders `Ada Lovelace_12345_assignsubmission_file_`, Canvas's files `lovelaceada_12345_67890_answer.zip`, GitHub's clones
 * `assignment-ada`, and else one folder or zip for each student, named after the student.
 *
 * @returns the hand-ins in the order of their names, and sentences on what is none.
 */
export function groupHandIns(entries: readonly ClassEntry[]): {
  handIns: HandIn[];
  problems: string[];
} {
  const problems: string[] = [];
  const handIns = new Map<string, HandIn>();
  const assignment = commonAssignment(entries);
  for (const entry of entries.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
    const found = readName(entry, assignment);
    if (found === 'none') continue;
    if (found === 'unknown') {
      problems.push(
        `${showName(entry.name)}: expected a folder or a .zip for each student; it was not taken.`,
      );
      continue;
    }
    const key = `${found.layout}\n${found.id}`;
    const known = handIns.get(key);
    handIns.set(key, known ? { ...known, sources: [...known.sources, ...found.sources] } : found);
  }
  return { handIns: [...handIns.values()], problems };
}

type Found = HandIn & { readonly layout: string };

function readName(
  { name: entry, kind: entryKind }: ClassEntry,
  assignment: string,
): Found | 'none' | 'unknown' {
  const kind = entryKind === 'file' ? 'file' : 'folder';
  const inMoodle = moodle.exec(entry)?.groups;
  if (inMoodle) {
    // What was typed into the page of the task, or said of it, is no file.
    if (inMoodle['plugin'] !== 'file') return 'none';
    const fileName = inMoodle['file'] ?? '';
    const [id, name] = [inMoodle['id']!, inMoodle['name']!];
    const sources = [{ entry, kind, fileName } as const];
    // Moodle's number is that of the hand-in: on a roster it would be someone else's.
    return { layout: 'moodle', id, name, keys: [[entry], [name]], sources };
  }
  const inCanvas = kind === 'file' ? canvas.exec(entry)?.groups : undefined;
  if (inCanvas) {
    const fileName = withoutCount(inCanvas['file']!);
    const [id, name] = [inCanvas['id']!, inCanvas['name']!];
    const sources = [{ entry, kind, fileName } as const];
    return { layout: 'canvas', id, name, keys: [[entry], [id, name]], sources };
  }
  if (entryKind === 'clone') {
    const user = entry.startsWith(assignment) ? entry.slice(assignment.length) : entry;
    const sources = [{ entry, kind, fileName: '' } as const];
    return {
      layout: 'github',
      id: user,
      name: null,
      keys: [[user], ...endingsOf(entry, assignment)],
      sources,
    };
  }
  if (kind === 'file' && !/\.zip$/i.test(entry))
    return /\.(?:csv|txt|md)$/i.test(entry) ? 'none' : 'unknown';
  const id = kind === 'file' ? entry.replace(/\.zip$/i, '') : entry;
  const sources = [{ entry, kind, fileName: entry } as const];
  return { layout: `plain ${entry}`, id, name: null, keys: [[id, entry]], sources };
}

/** Canvas counts a file that is handed in again: `answer-1.zip`. */
function withoutCount(file: string): string {
  return file.replace(/-\d+(?=\.[^.]+$)/, '');
}

/** What all clones begin with: `assignment-`. */
function commonAssignment(entries: readonly ClassEntry[]): string {
  const names = entries.filter(({ kind }) => kind === 'clone').map(({ name }) => name);
  const [first = '', ...others] = names;
  if (others.length === 0) return '';
  let length = first.length;
  for (const other of others) {
    while (!other.startsWith(first.slice(0, length))) length -= 1;
  }
  return first.slice(0, first.lastIndexOf('-', length - 1) + 1);
}

/** A user's name may have hyphens, and so may an assignment's: a roster knows which of these it is, the longest first. */
function endingsOf(entry: string, assignment: string): string[][] {
  const parts = entry.split('-');
  // Never less than what the clones do not share: `jean-luc` is not `luc`.
  const shortest = assignment === '' ? 1 : entry.length - assignment.length;
  return parts
    .map((_, at) => parts.slice(at).join('-'))
    .filter((ending) => ending.length >= shortest)
    .map((ending) => [ending]);
}
