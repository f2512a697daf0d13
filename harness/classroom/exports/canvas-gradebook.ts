import { parse } from 'csv-parse/sync';

/** A column of the gradebook that Canvas matches by the number in its header: `Three fetches (1042)`. */
export interface CanvasAssignment {
  readonly column: number;
  readonly header: string;
  readonly title: string;
  /** Null where the gradebook does not say it. */
  readonly pointsPossible: number | null;
}

/** The gradebook as a teacher exports it from Canvas. */
export interface CanvasGradebook {
  readonly delimiter: ',' | ';';
  readonly header: readonly string[];
  /** How many of the first columns say who a student is: up to `Section`. */
  readonly studentColumns: number;
  readonly assignments: readonly CanvasAssignment[];
  /** The row of the points possible; null where there is none. */
  readonly pointsRow: readonly string[] | null;
  readonly students: readonly (readonly string[])[];
}

/** Canvas ignores these when it reads a gradebook. */
const totals = /(Current|Final) (Score|Points|Grade)|Override (Score|Grade|Status)/;

/**
 * Reads a gradebook that was exported from Canvas.
 *
 * Source of its layout: canvas-lms, lib/gradebook_importer.rb and lib/gradebook_exporter.rb.
 *
 * @throws Error where the text is no such gradebook.
 */
export function readCanvasGradebook(text: string): CanvasGradebook {
  const delimiter = delimiterOf(text);
  const [header = [], ...rows] = parseRows(text, delimiter);
  const section = header.indexOf('Section');
  const known = header[0] === 'Student' ? header[1] === 'ID' : header[0] === 'LastName';
  if (!known || section < 2) {
    throw new Error(
      `Expected a gradebook exported from Canvas (Student, ID, …, Section), got a file that begins with ${JSON.stringify(header.slice(0, 4).join(', '))}. In Canvas: Grades, Export, Export Entire Gradebook.`,
    );
  }
  const pointsRow = rows.find((row) => row[0]?.includes('Points Possible')) ?? null;
  return {
    delimiter,
    header,
    studentColumns: section + 1,
    assignments: assignmentsOf(header, section + 1, pointsRow),
    pointsRow,
    students: rows.filter((row) => row !== pointsRow && (row[0] ?? '').trim() !== ''),
  };
}

function assignmentsOf(
  header: readonly string[],
  first: number,
  pointsRow: readonly string[] | null,
): CanvasAssignment[] {
  return header.flatMap((cell, column): CanvasAssignment[] => {
    const match = /^(.*)\s\((\d+)\)$/s.exec(cell);
    if (column < first || match === null || totals.test(cell)) return [];
    const points = pointsRow?.[column] ?? '';
    // Such a column cannot be changed by an import.
    if (/read\s+only/.test(points)) return [];
    return [{ column, header: cell, title: match[1]!, pointsPossible: numberOf(points) }];
  });
}

/** A number as Canvas reads it: the last comma or point is the decimal one. */
function numberOf(text: string): number | null {
  if (!/^-?[0-9.,]+$/.test(text.trim())) return null;
  const parts = text.trim().split(/[,.]/);
  const last = parts.pop()!;
  return Number(parts.length === 0 ? last : `${parts.join('')}.${last}`);
}

/** Canvas takes the one of the two that gives the first rows the same, larger number of cells. */
function delimiterOf(text: string): ',' | ';' {
  const cells = (delimiter: ',' | ';'): number => parseRows(text, delimiter, 1)[0]?.length ?? 0;
  return cells(';') > cells(',') ? ';' : ',';
}

function parseRows(text: string, delimiter: ',' | ';', most = Infinity): string[][] {
  try {
    return parse(text, {
      bom: true,
      delimiter,
      relax_column_count: true,
      skip_empty_lines: true,
      ...(most === Infinity ? {} : { to: most }),
    });
  } catch (error) {
    throw new Error(
      `Expected a gradebook exported from Canvas, got text that is no CSV: ${error instanceof Error ? error.message : String(error)}.`,
      { cause: error },
    );
  }
}
