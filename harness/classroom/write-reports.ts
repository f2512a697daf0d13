import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileNameOf } from './exports/exported-file.ts';
import {
  exportReport,
  type ExportedFile,
  type ExportFormat,
  type ExportOptions,
} from './exports/export-report.ts';
import type { ClassReport } from './grade-report.ts';

/** Formats that hold one student, and those that hold one kata of one student: each has folders of its own. */
const ofOneStudent: ReadonlySet<ExportFormat> = new Set([
  'gradescope',
  'classroom50',
  'github-classroom',
]);
const ofOneKata: ReadonlySet<ExportFormat> = new Set(['exercism']);

/** What a run writes in some classes and not in others. */
function ownFilesOf(format: ExportFormat): RegExp {
  if (format === 'html') return /^students\/[^/]+\.html$/;
  return new RegExp(`^${format}(?:/|-to-check\\.txt$)`);
}

/**
 * Writes a report in each of `formats` into the folder `out`; a file that was there is replaced at once, never in part. What an earlier run
 * wrote in these formats and this one does not, such as the page of a student who has left, is taken away.
 *
 * @returns the names of what was written, relative to `out`: a file for a format of the class, a folder for one of students.
 * @throws {Error} where an option that a format needs is missing or does not fit; what was written before it stays.
 */
export function writeReports(
  report: ClassReport,
  out: string,
  formats: readonly ExportFormat[],
  options: ExportOptions = {},
): string[] {
  // All of them are made before the first is written: an option that does not fit changes nothing.
  const files = formats.flatMap((format) => filesOf(report, format, options));
  for (const { name, text } of files) {
    const file = path.join(out, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(`${file}.part`, text);
    renameSync(`${file}.part`, file);
  }
  removeStale(out, formats, new Set(files.map(({ name }) => name)));
  return [...new Set(files.map(({ name }) => name.replace(/\/.*$/, '/')))];
}

/** Beside a new report an old one would be believed. */
function removeStale(
  out: string,
  formats: readonly ExportFormat[],
  written: ReadonlySet<string>,
): void {
  const own = formats.map(ownFilesOf);
  for (const entry of readdirSync(out, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const name = path.relative(out, file).replaceAll(path.sep, '/');
    const isOwn = entry.isFile() && own.some((names) => names.test(name));
    if (isOwn && !written.has(name)) rmSync(file);
  }
}

function filesOf(
  report: ClassReport,
  format: ExportFormat,
  options: ExportOptions,
): ExportedFile[] {
  if (!ofOneStudent.has(format) && !ofOneKata.has(format)) {
    return exportReport(report, format, options);
  }
  return report.students.flatMap(({ id: student, submittedAt }) => {
    const folder = `${format}/${fileNameOf(student)}`;
    if (ofOneStudent.has(format)) {
      const { classroom50: of } = options;
      // When a student handed in differs from one to the next; the rest is said once.
      const classroom50 = of && { ...of, datetime: submittedAt ?? of.datetime };
      return below(
        folder,
        exportReport(report, format, { ...options, ...(classroom50 && { classroom50 }), student }),
      );
    }
    return report.katas.flatMap(({ id: kata }) =>
      below(`${folder}/${kata}`, exportReport(report, format, { ...options, student, kata })),
    );
  });
}

function below(folder: string, files: readonly ExportedFile[]): ExportedFile[] {
  return files.map(({ name, text }) => ({ name: `${folder}/${name}`, text }));
}
