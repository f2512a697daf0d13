import { plainLine } from '../../trace/fit-text.ts';
import type { ClassReport } from '../grade-report.ts';
import {
  readCanvasGradebook,
  type CanvasAssignment,
  type CanvasGradebook,
} from './canvas-gradebook.ts';
import { csvText, type CsvCell } from './csv-text.ts';
import type { ExportedFile } from './exported-file.ts';
import { roundPoints, standingsOf, studentLabel, type StudentStanding } from './standing.ts';
import { rerunSentences, toCheck } from './to-check.ts';

/** An assignment with this title takes the points of all katas. */
const totalTitle = 'Event Loop Katas';

/**
 * `canvas.csv`, to be imported into the gradebook that `gradebook` was exported from: its students with their ids, and the columns of the
 * assignments that are named after a kata (`Three fetches`, `03-three-fetches`, `Kata 03: Three fetches`) or `Event Loop Katas` for the sum,
 * scaled to the points that Canvas has for them.
 *
 * Nothing that Canvas would take for a new assignment or a new student is written; whom it leaves out is said in `canvas-to-check.txt`.
 *
 * @param gradebook the text of the teacher's exported gradebook.
 * @throws Error where it is no gradebook, or has no column for any kata.
 */
export function exportCanvas(report: ClassReport, gradebook: string): ExportedFile[] {
  const book = readCanvasGradebook(gradebook);
  const columns = columnsOf(report, book);
  const standings = standingsOf(report);
  const { rows, problems } = matchStudents(book, standings);

  const header = [...studentCells(book, book.header), ...columns.map(({ at }) => at.header)];
  const points = studentCells(book, book.pointsRow ?? ['    Points Possible']);
  const text = csvText(
    [
      header,
      [...points, ...columns.map(({ at, maximum }) => at.pointsPossible ?? roundPoints(maximum))],
      ...rows.map(({ row, standing }) => rowOf(book, columns, row, standing)),
    ],
    book.delimiter,
  );
  const sentences = [...rerunSentences(standings), ...unusedKatas(report, columns), ...problems];
  return [{ name: 'canvas.csv', text }, ...toCheck('canvas-to-check.txt', sentences)];
}

interface Column {
  readonly at: CanvasAssignment;
  /** Null is the sum of all. */
  readonly kata: string | null;
  readonly maximum: number;
}

function columnsOf(report: ClassReport, book: CanvasGradebook): Column[] {
  const wanted: { names: string[]; kata: string | null; maximum: number }[] = report.katas.map(
    ({ id, title, weight }) => {
      const number = id.slice(0, 2);
      const names = [id, title, `${number} ${title}`, `Kata ${number} ${title}`, `Kata ${number}`];
      return { names, kata: id, maximum: weight };
    },
  );
  const all = report.katas.reduce((sum, kata) => sum + kata.weight, 0);
  wanted.push({ names: [totalTitle], kata: null, maximum: all });

  const columns = wanted.flatMap(({ names, kata, maximum }): Column[] => {
    const keys = new Set(names.map(keyOf));
    const found = book.assignments.filter(({ title }) => keys.has(keyOf(title)));
    if (found.length > 1) {
      throw new Error(
        `Expected one assignment of the gradebook for ${kata ?? 'the sum'}, got ${found.length}: ${found.map(({ header }) => header).join(', ')}. Rename all but one.`,
      );
    }
    return found.map((at) => ({ at, kata, maximum }));
  });
  if (columns.length > 0) return columns;
  throw new Error(
    `Expected an assignment in the gradebook that is named after a kata (“${report.katas[0]?.title ?? '…'}”) or “${totalTitle}”, got ${
      book.assignments
        .map(({ title }) => `“${title}”`)
        .slice(0, 5)
        .join(', ') || 'none'
    }. Create it in Canvas, publish it and export the gradebook again.`,
  );
}

/** Letters and digits only: `Kata 03: Three fetches` is `kata 03 three fetches`. */
function keyOf(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFKC')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

function rowOf(
  book: CanvasGradebook,
  columns: readonly Column[],
  row: readonly string[],
  standing: StudentStanding,
): CsvCell[] {
  return [...studentCells(book, row), ...columns.map((column) => cellOf(column, standing))];
}

function cellOf({ at, kata, maximum }: Column, standing: StudentStanding): CsvCell {
  const points =
    kata === null ? standing.points : standing.katas.find((one) => one.kata.id === kata)!.points;
  if (points === null || maximum === 0) return null;
  return roundPoints((points / maximum) * (at.pointsPossible ?? maximum));
}

/** The row of the gradebook of each student: by Canvas's own ids, then by the address, then by a name that only one has. */
function matchStudents(book: CanvasGradebook, standings: readonly StudentStanding[]) {
  const rows: { row: readonly string[]; standing: StudentStanding }[] = [];
  const problems: string[] = [];
  const taken = Map.groupBy(
    standings.map((standing) => ({ standing, found: rowsOf(book, standing) })),
    ({ found }) => (found.length === 1 ? found[0]! : null),
  );
  for (const row of book.students) {
    const matches = taken.get(row) ?? [];
    if (matches.length === 1) rows.push({ row, standing: matches[0]!.standing });
    if (matches.length > 1) {
      const names = matches.map(({ standing }) => studentLabel(standing.student)).join(' and ');
      problems.push(
        `Left out: ${names} are the same student of the gradebook, ${plainLine(row[0]!)}.`,
      );
    }
  }
  for (const { standing, found } of taken.get(null) ?? []) {
    const many =
      found.length === 0 ? 'is not in the gradebook' : 'is more than one student of the gradebook';
    problems.push(
      `Left out: ${studentLabel(standing.student)} ${many}. Use the SIS login or the Canvas ID in the roster.`,
    );
  }
  return { rows, problems };
}

function rowsOf(
  book: CanvasGradebook,
  { student }: StudentStanding,
): readonly (readonly string[])[] {
  const keys = new Set([student.id.toLowerCase(), student.email?.toLowerCase()]);
  for (const name of ['ID', 'SIS User ID', 'SIS Login ID']) {
    const column = book.header.indexOf(name);
    const found = book.students.filter(
      (row) => column >= 0 && keys.has((row[column] ?? '').trim().toLowerCase()),
    );
    if (found.length > 0) return found;
  }
  const wanted = nameKey(student.name ?? student.id);
  return book.students.filter((row) => wanted === nameKey(nameOf(book, row)));
}

function nameOf(book: CanvasGradebook, row: readonly string[]): string {
  return book.header[0] === 'LastName' ? `${row[0]}, ${row[1]}` : row[0]!;
}

/** `Lovelace, Ada` and `Ada Lovelace` are one. */
function nameKey(name: string): string {
  const [last = '', first, ...more] = name.split(',');
  return keyOf(first === undefined || more.length > 0 ? name : `${first} ${last}`);
}

function studentCells(book: CanvasGradebook, row: readonly string[]): string[] {
  return Array.from({ length: book.studentColumns }, (_, column) => row[column] ?? '');
}

function unusedKatas(report: ClassReport, columns: readonly Column[]): string[] {
  if (columns.some(({ kata }) => kata === null)) return [];
  const used = new Set(columns.map(({ kata }) => kata));
  return report.katas
    .filter(({ id }) => !used.has(id))
    .map(
      ({ id, title }) => `Left out: ${id} has no assignment in the gradebook. Name one “${title}”.`,
    );
}
