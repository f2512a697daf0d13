import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** A place in a source file. `line` and `column` count from 1. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly functionName: string;
}

/** Whose code a file is: what a message may name, and what it must not. */
export type Owner = 'learner' | 'spec' | 'harness' | 'library' | 'node';

/** The checkout's root, without a trailing separator. */
export const projectRoot = path.resolve(import.meta.dirname, '..', '..');

const harnessDirectory = path.join(projectRoot, 'harness') + path.sep;
const originals = new Map<string, string>();
/** Rows of a stack that are longer are text of a message. */
const longestRow = 2000;
/** Each answer is loaded under names of its own, so there is no end to them. */
const mostRemembered = 2000;

/**
 * Lets every message name `original` where the code really runs from `copy` (both a folder, or both a file): a submission
 * runs from a copy inside the checkout, and a learner must read the path of the file they edit.
 */
export function mapCopy(copy: string, original: string): void {
  originals.set(path.resolve(copy), path.resolve(original));
}

/** The path of `file` that its author knows: no `file:` scheme, no query, a copy told as its original. */
export function authorPath(file: string): string {
  const plain = plainPath(file);
  const exact = originals.get(plain);
  if (exact !== undefined) return exact;
  for (const [copy, original] of originals) {
    if (plain.startsWith(copy + path.sep)) return original + plain.slice(copy.length);
  }
  return plain;
}

/** Says whose code `file` (a path or a `file:` URL) is. */
export const ownerOf = remembering((file: string): Owner => {
  if (file === '' || file.startsWith('node:') || file.startsWith('internal/')) return 'node';
  const plain = plainPath(file);
  if (plain.includes(`${path.sep}node_modules${path.sep}`)) return 'library';
  if (plain.startsWith(harnessDirectory)) {
    return /\.test\.ts$|[\\/]fixtures[\\/]/.test(plain) ? 'learner' : 'harness';
  }
  if (plain.endsWith('.spec.ts')) return 'spec';
  return 'learner';
});

/** Reads the frames of a V8 stack trace, nearest first; frames without a file are left out. */
export function parseStack(stack: string): SourceLocation[] {
  const frames: SourceLocation[] = [];
  for (const row of stack.split('\n')) {
    const frame = row.length > longestRow ? null : parseRow(row);
    if (frame !== null) frames.push(frame);
  }
  return frames;
}

const parseRow = remembering((row: string): SourceLocation | null => {
  // A path may hold parentheses: "event-loop-katas (1)" is what a browser calls a second download.
  const match = /^\s*at (?:(?<name>.+?) \((?<inside>.+)\)|(?<bare>.+))$/.exec(row);
  const place = /^(?<file>.+):(?<line>\d+):(?<column>\d+)$/.exec(
    match?.groups?.['inside'] ?? match?.groups?.['bare'] ?? '',
  );
  if (!place?.groups) return null;
  const { file, line, column } = place.groups;
  if (file!.startsWith('eval at ')) return null;
  return {
    file: file!.replace(/^async /, ''),
    line: Number(line),
    column: Number(column),
    functionName: (match?.groups?.['name'] ?? '').replace(/^async /, '') || '(anonymous)',
  };
});

/** The nearest frame of the learner, else of the spec, else null. */
export function blamedFrame<Frame extends { readonly file: string }>(
  frames: readonly Frame[],
): Frame | null {
  return (
    frames.find((frame) => ownerOf(frame.file) === 'learner') ??
    frames.find((frame) => ownerOf(frame.file) === 'spec') ??
    null
  );
}

/** `katas/03-three-fetches/three-fetches.ts:12`, relative to the checkout where the file lies inside it. */
export function formatLocation(location: Pick<SourceLocation, 'file' | 'line'>): string {
  const file = authorPath(location.file);
  const relative = path.relative(projectRoot, file);
  const shown = relative.startsWith('..') || path.isAbsolute(relative) ? file : relative;
  return `${shown.split(path.sep).join('/')}:${location.line}`;
}

function plainPath(file: string): string {
  const withoutQuery = file.replace(/\?.*$/, '');
  return withoutQuery.startsWith('file:') ? fileURLToPath(withoutQuery) : withoutQuery;
}

/** `read`, done once for each of the texts that come again and again: the timers of a test are started in few places. Forgets all of more than `most`. */
export function remembering<T extends string | object | null>(
  read: (text: string) => T,
  most = mostRemembered,
): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    if (known.size >= most) known.clear();
    const value = read(text);
    known.set(text, value);
    return value;
  };
}
