import { diffLines } from 'diff';
import picocolors from 'picocolors';

/** From so many columns on, mine and theirs stand side by side. */
const sideBySideColumns = 120;
/** Lines that are kept around a difference. */
const contextLines = 3;

/** A line of a comparison: `-` is mine, `+` is theirs. */
export interface Row {
  readonly sign: ' ' | '-' | '+';
  readonly text: string;
}

/** The way from `mine` to `theirs`, with a few lines around each difference; null stands for lines that were left out. No row: no difference. */
export function compareLines(mine: string, theirs: string): (Row | null)[] {
  const rows = diffLines(mine, theirs).flatMap((part): Row[] => {
    const sign = part.added ? '+' : part.removed ? '-' : ' ';
    return part.value
      .replace(/\n$/, '')
      .split('\n')
      .map((text) => ({ sign, text: text.replaceAll('\t', '  ').replace(/\r$/, '') }));
  });
  return rows.every(({ sign }) => sign === ' ') ? [] : nearADifference(rows);
}

/**
 * Draws the way from `mine` to `theirs`: lines with `-` are mine, lines with `+` are theirs. On a wide screen they stand side by side.
 */
export function drawComparison(mine: string, theirs: string, columns: number): string {
  const near = compareLines(mine, theirs);
  if (near.length === 0) return '   There is no difference.';
  return columns >= sideBySideColumns ? sideBySide(near, columns) : oneBelowTheOther(near);
}

/** Leaves out what is far from any difference; null stands for lines that were left out. */
function nearADifference(rows: readonly Row[]): (Row | null)[] {
  const isNear = rows.map((_, index) =>
    rows
      .slice(Math.max(0, index - contextLines), index + contextLines + 1)
      .some(({ sign }) => sign !== ' '),
  );
  return rows.flatMap((row, index) => {
    if (isNear[index]) return [row];
    return index === 0 || isNear[index - 1] ? [null] : [];
  });
}

function oneBelowTheOther(rows: readonly (Row | null)[]): string {
  return rows
    .map((row) => (row === null ? '   …' : `   ${paint(row, `${row.sign} ${row.text}`)}`))
    .join('\n');
}

function sideBySide(rows: readonly (Row | null)[], columns: number): string {
  const half = Math.floor((columns - 9) / 2);
  const lines: string[] = [];
  let [left, right]: [Row[], Row[]] = [[], []];
  const flush = (): void => {
    for (let index = 0; index < Math.max(left.length, right.length); index++) {
      lines.push(pair(left[index], right[index], half));
    }
    [left, right] = [[], []];
  };
  for (const row of rows) {
    if (row?.sign === '-') left.push(row);
    else if (row?.sign === '+') right.push(row);
    else {
      flush();
      lines.push(row === null ? '   …' : pair(row, row, half));
    }
  }
  flush();
  return lines.join('\n');
}

function pair(left: Row | undefined, right: Row | undefined, width: number): string {
  return `   ${cell(left, width)} │ ${cell(right, width)}`.trimEnd();
}

function cell(row: Row | undefined, width: number): string {
  const text = row === undefined ? '' : `${row.sign} ${row.text}`;
  const fitted = (text.length > width ? `${text.slice(0, width - 1)}…` : text).padEnd(width);
  return row === undefined ? fitted : paint(row, fitted);
}

function paint({ sign }: Row, text: string): string {
  if (sign === '-') return picocolors.red(text);
  return sign === '+' ? picocolors.green(text) : text;
}
