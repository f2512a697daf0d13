import { parse } from 'csv-parse/sync';
import type { ClassReport } from '../grade-report.ts';
import { csvText, escapeFormula, ExactCell } from './csv-text.ts';
import type { ExportedFile } from './exported-file.ts';
import { roundPoints, standingsOf, studentLabel, type StudentStanding } from './standing.ts';
import { rerunSentences, toCheck } from './to-check.ts';

export interface MoodleOptions {
  /** The text of a CSV file with the course's participants, or of a grade export: it says whom Moodle knows. */
  readonly moodleRoster?: string;
}

/** What Moodle can find a user by, with the headers that its own exports give them. */
const identifiers = [
  { header: 'Username', names: ['username', 'user name'], of: idOf },
  { header: 'ID number', names: ['id number', 'idnumber'], of: idOf },
  {
    header: 'Email address',
    names: ['email address', 'email', 'e-mail', 'e-mail address'],
    of: emailOf,
  },
] as const;

type Identifier = (typeof identifiers)[number];

/**
 * Moodle reads an empty cell of a *new* grade item as a zero (its database layer makes '' a 0 in a number column), and `-` as no grade in
 * every item: an unknown verdict is a `-`.
 */
const noGrade = new ExactCell('-');

const unknownNames =
  'No list of participants was given, so the column Username holds the names under which the answers were handed in. Moodle refuses the whole file if one of them is no username: give --moodle-roster, or a --roster whose ids are the usernames.';

/**
 * `moodle.csv`, with grades from 0 to 100, which is what Moodle takes in a new grade item; map its first column to the field of its name.
 *
 * One bad row aborts Moodle's whole import, and a row without a user goes to the user of the row before: so a student is only written where
 * exactly one user is meant, and everyone else stands in `moodle-to-check.txt`.
 *
 * Source: moodle, grade/import/csv/classes/load_data.php.
 *
 * @throws Error where the roster is no CSV, or names none of Moodle's user fields.
 */
export function exportMoodle(
  report: ClassReport,
  { moodleRoster }: MoodleOptions = {},
): ExportedFile[] {
  const standings = standingsOf(report);
  const roster = moodleRoster === undefined ? null : readRoster(moodleRoster);
  const identifier = chooseIdentifier(standings, roster);
  const { rows, problems } = checkRoster(standings, identifier, roster?.get(identifier) ?? null);

  const header = [
    identifier.header,
    ...report.katas.map(({ id, title }) => `Kata ${id.slice(0, 2)}: ${title}`),
    'Event Loop Katas',
  ];
  const text = csvText([header, ...rows.map(rowOf)]);
  const sentences = [
    ...rerunSentences(standings),
    ...problems,
    ...(roster === null && identifier.header === 'Username' ? [unknownNames] : []),
  ];
  return [{ name: 'moodle.csv', text }, ...toCheck('moodle-to-check.txt', sentences)];
}

/** Every value of a user field of the roster, as often as it stands there. */
type Roster = ReadonlyMap<Identifier, readonly string[]>;

function readRoster(text: string): Roster {
  const [header = [], ...rows] = parseRoster(text);
  const roster = new Map<Identifier, string[]>();
  for (const identifier of identifiers) {
    const names: readonly string[] = identifier.names;
    const column = header.findIndex((cell) => names.includes(cell.trim().toLowerCase()));
    if (column >= 0)
      roster.set(
        identifier,
        rows.map((row) => (row[column] ?? '').trim()),
      );
  }
  if (roster.size > 0) return roster;
  throw new Error(
    `Expected a roster of Moodle with a column Username, ID number or Email address, got ${JSON.stringify(header.join(', '))}. In Moodle: Participants, select all, Download as CSV.`,
  );
}

function parseRoster(text: string): string[][] {
  try {
    return parse(text, {
      bom: true,
      delimiter: [',', ';', '\t'],
      relax_column_count: true,
      skip_empty_lines: true,
    });
  } catch (error) {
    throw new Error(
      `Expected a roster of Moodle as CSV: ${error instanceof Error ? error.message : String(error)}.`,
      { cause: error },
    );
  }
}

/** The field by which most students are found; the address where no roster tells and most students have one. */
function chooseIdentifier(
  standings: readonly StudentStanding[],
  roster: Roster | null,
): Identifier {
  const [username, , email] = identifiers;
  if (roster === null) {
    const addresses = standings.filter((standing) => emailOf(standing) !== null).length;
    return addresses * 2 > standings.length ? email : username;
  }
  const found = (identifier: Identifier): number => {
    const known = new Set(roster.get(identifier)?.map(sameUser));
    return standings.filter((one) => known.has(sameUser(identifier.of(one) ?? ''))).length;
  };
  return [...roster.keys()].toSorted((a, b) => found(b) - found(a))[0]!;
}

interface Row {
  readonly key: string;
  readonly standing: StudentStanding;
}

function checkRoster(
  standings: readonly StudentStanding[],
  identifier: Identifier,
  known: readonly string[] | null,
) {
  const inRoster = Map.groupBy(known ?? [], sameUser);
  const inClass = Map.groupBy(standings, (standing) => sameUser(identifier.of(standing) ?? ''));
  const rows: Row[] = [];
  const problems: string[] = [];
  for (const standing of standings) {
    const key = identifier.of(standing);
    const users = key === null ? [] : (inRoster.get(sameUser(key)) ?? []);
    const problem = problemOf(key, {
      field: identifier.header,
      asked: known !== null,
      users: users.length,
      students: key === null ? 0 : inClass.get(sameUser(key))!.length,
    });
    if (problem === null) rows.push({ key: users[0] ?? key!, standing });
    else problems.push(`Left out: ${studentLabel(standing.student)} ${problem}`);
  }
  return { rows, problems };
}

function problemOf(
  key: string | null,
  found: { field: string; asked: boolean; users: number; students: number },
): string | null {
  if (key === null || key === '') return `has no ${found.field}.`;
  if (found.students > 1) return `has the same ${found.field} as another student, ${key}.`;
  // An escaped identifier is another one, which Moodle does not know; unescaped, a spreadsheet would run it.
  if (escapeFormula(key) !== key)
    return `has as ${found.field} what a spreadsheet takes for a formula. Enter the grades by hand.`;
  if (found.asked && found.users === 0)
    return `is not in the roster of Moodle (${found.field} ${key}).`;
  if (found.users > 1) return `is more than one user of Moodle (${found.field} ${key}).`;
  return null;
}

function rowOf({ key, standing }: Row) {
  return [
    new ExactCell(key),
    ...standing.katas.map(({ points, kata }) => percent(points, kata.weight)),
    percent(standing.points, standing.maximum),
  ];
}

function percent(points: number | null, maximum: number) {
  if (points === null) return noGrade;
  return maximum === 0 ? noGrade : Math.min(100, roundPoints((points / maximum) * 100));
}

function idOf({ student }: StudentStanding): string | null {
  return student.id;
}

function emailOf({ student }: StudentStanding): string | null {
  return student.email ?? (student.id.includes('@') ? student.id : null);
}

function sameUser(key: string): string {
  return key.toLowerCase();
}
