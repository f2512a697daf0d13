import { stringify } from 'csv-stringify/sync';

/** A cell: numbers are written as they are, null is an empty cell. */
export type CsvCell = string | number | null;

/** A cell that holds exactly this text, for words that the reader of the file knows, such as Moodle's `-`. */
export class ExactCell {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * `rows` as CSV by RFC 4180. What a spreadsheet would take for a formula gets a `'` before it.
 *
 * Source of the rule: https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvText(
  rows: readonly (readonly (CsvCell | ExactCell)[])[],
  delimiter: ',' | ';' = ',',
): string {
  return stringify(
    rows.map((row) => row.map(cellText)),
    { delimiter, record_delimiter: '\r\n' },
  );
}

/**
 * `text` with a `'` before what begins a formula. Also after a separator inside the cell: a spreadsheet that expects another separator than
 * the file's splits the cell there.
 */
export function escapeFormula(text: string): string {
  return text.replace(
    /(^|[;,|\t\r\n])([\s"]*)(?=[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])|^(?=[\t\r])/gu,
    (_match, separator: string = '', filling: string = '') => `${separator}'${filling}`,
  );
}

function cellText(cell: CsvCell | ExactCell): string | number | null {
  if (cell instanceof ExactCell) return cell.text;
  return typeof cell === 'string' ? escapeFormula(cell) : cell;
}
