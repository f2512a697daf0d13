import { parse } from 'csv-parse/sync';
import { messageOf } from '../../catalog/message-of.ts';
import type { Student } from '../grade-report.ts';
import { parseIsoTime } from './iso-time.ts';
import { readUtf8 } from './read-utf8.ts';
import { showName } from './show-name.ts';

/** A student of the roster. */
export interface RosterStudent extends Student {
  /** From the column `submitted_at`; null where it is empty or not there. */
  readonly submittedAt: Date | null;
  /** Written without case, accents and spaces: by these a hand-in is known. */
  readonly keys: readonly string[];
}

export interface Roster {
  readonly students: readonly RosterStudent[];
  readonly problems: readonly string[];
}

/**
 * Reads the list of a class: CSV with the columns `id`, `name`, `email` and `submitted_at`, of which `id` has to be there. Further columns
 * `folder`, `file` and `github` hold what a student's folder, file or account is called. Headers in any case, `,` or `;` between the cells.
 *
 * @throws {Error} where it cannot be read, has no column `id`, names nobody, or has an id or a folder twice: grades would be filed under
 * the wrong student.
 */
export function readRoster(file: string): Roster {
  const rows = readRows(file);
  if (rows.length === 0) throw new Error(`Expected students in the roster ${file}, got none.`);
  const problems: string[] = [];
  const ids = new Set<string>();
  const students = rows.map((row, index): RosterStudent => {
    const line = index + 2;
    const id = row['id'];
    if (id === undefined) {
      throw new Error(
        `Expected a column "id" in the roster ${file}, got: ${Object.keys(row).join(', ')}.`,
      );
    }
    if (id === '')
      throw new Error(`Expected an id in row ${line} of the roster ${file}, got none.`);
    if (ids.has(id))
      throw new Error(`Expected each id once in the roster ${file}, got ${showName(id)} twice.`);
    ids.add(id);
    const submittedAt = readTime(row['submitted_at'] ?? '');
    if (submittedAt === 'unreadable') {
      problems.push(
        `Roster, row ${line}: expected a time such as 2026-03-01T18:00:00+01:00 in submitted_at, got "${showName(row['submitted_at']!)}".`,
      );
    }
    return {
      id,
      name: row['name'] || null,
      email: row['email'] || null,
      submittedAt: submittedAt === 'unreadable' ? null : submittedAt,
      keys: keysOf(row),
    };
  });
  for (const column of ['folder', 'file', 'github']) refuseTwice(file, column, rows);
  return { students, problems };
}

type Row = Readonly<Record<string, string | undefined>>;

/** What belongs to two students would be given to neither of them. */
function refuseTwice(file: string, column: string, rows: readonly Row[]): void {
  const seen = new Set<string>();
  for (const row of rows) {
    const cell = row[column] ?? '';
    const key = foldKey(cell);
    if (key !== '' && seen.has(key)) {
      throw new Error(
        `Expected each ${column} once in the roster ${file}, got ${showName(cell)} twice.`,
      );
    }
    seen.add(key);
  }
}

function readRows(file: string): Row[] {
  try {
    return parse(readUtf8(file), {
      columns: (headers: string[]) => {
        const names = headers.map((header) => header.trim().toLowerCase());
        const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
        if (twice !== undefined) throw new Error(`it has two columns "${showName(twice)}".`);
        return names;
      },
      bom: true,
      delimiter: [',', ';'],
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
    });
  } catch (error) {
    throw new Error(`The roster ${file} cannot be read as CSV: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

function readTime(text: string): Date | null | 'unreadable' {
  if (text === '') return null;
  return parseIsoTime(text) ?? 'unreadable';
}

function keysOf(row: Row): string[] {
  const { id = '', name = '', email = '', folder = '', file = '', github = '' } = row;
  const account = email.split('@')[0]!;
  const plain = [id, email, account, folder, file, file.replace(/\.zip$/i, ''), github];
  return [...new Set([...plain, ...turnsOf(name)].map(foldKey))].filter((key) => key !== '');
}

/** Canvas writes Ada Lovelace as `lovelaceada`: the parts of a name in another order, with nothing between. */
function turnsOf(name: string): string[] {
  const parts = name.split(/[\s,]+/).filter((part) => part !== '');
  return parts.map((_, at) => [...parts.slice(at), ...parts.slice(0, at)].join(''));
}

/** `text` as a key: names are written with other cases, accents, spaces and hyphens in one list than in another. */
export function foldKey(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\s'’.,_-]/gu, '')
    .toLowerCase();
}

/**
 * The student whom `keys` name, the first of them first.
 *
 * @returns null where there is none, and the students where there are several: none of them is guessed.
 */
export function matchStudent(
  students: readonly RosterStudent[],
  keys: readonly (readonly string[])[],
): RosterStudent | readonly RosterStudent[] | null {
  for (const same of keys) {
    const wanted = new Set(same.map(foldKey));
    const named = students.filter((student) => student.keys.some((key) => wanted.has(key)));
    if (named.length > 1) return named;
    if (named.length === 1) return named[0]!;
  }
  return null;
}
