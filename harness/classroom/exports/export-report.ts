import type { ClassReport } from '../grade-report.ts';
import { cleanReport } from './clean-report.ts';
import { exportCanvas } from './export-canvas.ts';
import { exportClassPage } from './export-class-page.ts';
import { exportClassroom50, type Classroom50Context } from './export-classroom50.ts';
import { exportCsv } from './export-csv.ts';
import { exportExercism } from './export-exercism.ts';
import { exportGithubClassroom } from './export-github-classroom.ts';
import { exportGradescope } from './export-gradescope.ts';
import { exportJson } from './export-json.ts';
import { exportJunit } from './export-junit.ts';
import { exportMoodle } from './export-moodle.ts';
import { exportStudentPage } from './export-student-page.ts';
import { exportTable } from './export-table.ts';
import type { ExportedFile } from './exported-file.ts';

export type { Classroom50Context } from './export-classroom50.ts';
export type { ExportedFile } from './exported-file.ts';

/** Every format that a report can be exported to. */
export const exportFormats = [
  'json',
  'table',
  'csv',
  'canvas',
  'moodle',
  'junit',
  'html',
  'gradescope',
  'classroom50',
  'github-classroom',
  'exercism',
] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface ExportOptions {
  /** The id of one student: for the formats that hold one, and for `html` to write their page only. May be left out in a class of one. */
  readonly student?: string;
  /** `03-three-fetches`: for `exercism`. May be left out where the report has one kata. */
  readonly kata?: string;
  /** The text of the gradebook that was exported from Canvas: for `canvas`. */
  readonly canvasGradebook?: string;
  /** The text of Moodle's list of participants: for `moodle`. Without it only what the report holds is checked. */
  readonly moodleRoster?: string;
  /** What Classroom 50 says of the submission: for `classroom50`. */
  readonly classroom50?: Classroom50Context;
  /** Whether the table is coloured. */
  readonly colour?: boolean;
}

/**
 * The files of `report` in a format. What a student wrote is made harmless first, for every format but `json`, which escapes it.
 *
 * A verdict that says nothing about an answer is an empty cell; where there is any, and where a student had to be left out, a file
 * `<format>-to-check.txt` beside the others says so. A format that knows no empty score then has that file only.
 *
 * @throws Error where an option that the format needs is missing or does not fit.
 */
export function exportReport(
  report: ClassReport,
  format: ExportFormat,
  options: ExportOptions = {},
): ExportedFile[] {
  if (format === 'json') return exportJson(report);
  const clean = cleanReport(report);
  const student = studentOf(report, clean, options.student);
  const kata = options.kata ?? (report.katas.length === 1 ? report.katas[0]!.id : undefined);
  return writers[format](clean, { ...options, one: student, kata });
}

type Asked = Omit<ExportOptions, 'kata'> & {
  /** The student of the cleaned report that the options mean. */
  readonly one: string | undefined;
  readonly kata: string | undefined;
};
type Writer = (report: ClassReport, options: Asked) => ExportedFile[];

const writers: Readonly<Record<Exclude<ExportFormat, 'json'>, Writer>> = {
  table: exportTable,
  csv: exportCsv,
  canvas: (report, { canvasGradebook }) => exportCanvas(report, needed(canvasGradebook)),
  moodle: exportMoodle,
  junit: exportJunit,
  html: (report, { student, one }) => exportPages(report, student === undefined ? undefined : one),
  gradescope: (report, { one }) => exportGradescope(report, one),
  classroom50: (report, { one, classroom50 }) => exportClassroom50(report, one, classroom50),
  'github-classroom': (report, { one }) => exportGithubClassroom(report, one),
  exercism: (report, { one, kata }) => exportExercism(report, one, kata),
};

function exportPages(report: ClassReport, student: string | undefined): ExportedFile[] {
  if (student !== undefined) return exportStudentPage(report, student);
  return [
    ...exportClassPage(report),
    ...report.students.flatMap(({ id }) => exportStudentPage(report, id)),
  ];
}

/** The cleaned id: a caller knows the one of the report. */
function studentOf(report: ClassReport, clean: ClassReport, id: string | undefined) {
  const index = report.students.findIndex((student) => student.id === id);
  if (index >= 0) return clean.students[index]!.id;
  return id ?? (clean.students.length === 1 ? clean.students[0]!.id : undefined);
}

function needed(gradebook: string | undefined): string {
  if (gradebook !== undefined) return gradebook;
  throw new Error(
    'Expected the gradebook of Canvas, got none. In Canvas: Grades, Export, Export Entire Gradebook; then --canvas-gradebook <file>.',
  );
}
