import { availableParallelism } from 'node:os';
import { kataIds } from '../../catalog/kata.ts';
import { selectKatas } from '../../catalog/select-katas.ts';
import { exportFormats, type ExportFormat } from '../exports/export-report.ts';
import { parseIsoTime } from '../intake/iso-time.ts';
import { GradeUsageError } from './grade-usage-error.ts';

const usualFormats = ['json', 'table', 'csv', 'html'] as const satisfies ExportFormat[];

export function katasOf(text: string | undefined): string[] {
  if (text === undefined) return selectKatas([], kataIds());
  const words = list(text);
  if (words.length === 0)
    throw new GradeUsageError('Expected katas behind --katas, such as 01-10.');
  return selectKatas(words, kataIds());
}

export function weightsOf(
  text: string | undefined,
  graded: readonly string[],
): Map<string, number> {
  const weights = new Map<string, number>();
  for (const pair of list(text ?? '')) {
    const groups = /^(?<kata>[^=]+)=(?<weight>\d+(?:\.\d+)?)$/.exec(pair)?.groups;
    if (!groups) throw new GradeUsageError(`Expected --weights such as 03=2,10=3, got "${pair}".`);
    for (const id of selectKatas([groups['kata']!], kataIds())) {
      if (!graded.includes(id)) {
        throw new GradeUsageError(`Expected --weights of katas that are graded, got ${id}.`);
      }
      if (weights.has(id)) {
        throw new GradeUsageError(`Expected --weights to name each kata once, got ${id} twice.`);
      }
      weights.set(id, Number(groups['weight']));
    }
  }
  return weights;
}

export function dueOf(text: string): Date {
  const due = parseIsoTime(text);
  if (due !== null) return due;
  throw new GradeUsageError(
    `Expected --due to be a time such as 2026-03-01T18:00+01:00, got "${text}". Without a zone it is this machine's.`,
  );
}

/** An answer takes a process that hosts the spec, and one that runs it. */
export function usualJobs(): number {
  return Math.max(1, Math.floor(availableParallelism() / 2));
}

/** How many answers a run has on a queue at a time: enough for many workers, and little for the server's memory. */
export const usualQueuedJobs = 256;

export function jobsOf(text: string): number {
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text);
  throw new GradeUsageError(`Expected --jobs to be a whole number from 1 to 999, got "${text}".`);
}

export function formatsOf(text: string | undefined): ExportFormat[] {
  if (text === undefined) return [...usualFormats];
  const names = list(text).map((name) => {
    const format = exportFormats.find((one) => one === name);
    if (format !== undefined) return format;
    throw new GradeUsageError(
      `There is no format "${name}". Formats: ${exportFormats.join(', ')}.`,
    );
  });
  if (names.length === 0) {
    throw new GradeUsageError(`Expected names behind --format: ${exportFormats.join(', ')}.`);
  }
  // All others can be made of it.
  return [...new Set<ExportFormat>(['json', ...names])];
}

function list(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}
