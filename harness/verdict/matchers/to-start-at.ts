import { formatMs } from '../../trace/format-ms.ts';
import { fails, holds, type MatcherResult } from './matcher-result.ts';
import { counted, milliseconds } from './sentences.ts';

/** Columns of the two rows that a terminal can hold. */
const mostColumns = 9;

/** The pieces of work started at exactly the `expected` milliseconds, in this order. */
export function toStartAt(starts: readonly number[], expected: readonly number[]): MatcherResult {
  const first = firstDifference(starts, expected);
  if (first === -1) return holds();

  const sentences = [firstSentence(starts, expected, first)];
  const size = batchSize(starts);
  if (size !== null && batchSize(expected) !== size) {
    sentences.push(
      `They started in batches of ${size}: each batch waited for the slowest of the one before it.`,
    );
  }
  return fails([...sentences, ...drawStarts(starts, expected, first)]);
}

function firstDifference(starts: readonly number[], expected: readonly number[]): number {
  const length = Math.max(starts.length, expected.length);
  for (let index = 0; index < length; index += 1) {
    const start = starts[index];
    const wanted = expected[index];
    if (start === undefined || wanted === undefined) return index;
    if (!(Math.abs(start - wanted) < 0.001)) return index;
  }
  return -1;
}

function firstSentence(
  starts: readonly number[],
  expected: readonly number[],
  index: number,
): string {
  const start = starts[index];
  const wanted = expected[index];
  if (start === undefined) {
    return `Only ${counted(starts.length, 'start')} of ${expected.length} came: start ${index + 1} never did.`;
  }
  if (wanted === undefined) {
    return `${counted(starts.length, 'start')} came, ${expected.length} ${expected.length === 1 ? 'was' : 'were'} expected: start ${index + 1} is one too many.`;
  }
  if (start > wanted) {
    return `Start ${index + 1} waited until ${milliseconds(start)} although a place was free at ${milliseconds(wanted)}.`;
  }
  return `Start ${index + 1} came at ${milliseconds(start)}, before a place was free at ${milliseconds(wanted)}.`;
}

/** The common size of groups that started together, or null where the starts are no batches. */
function batchSize(starts: readonly number[]): number | null {
  const sizes = [...Map.groupBy(starts, (start) => start).values()].map((group) => group.length);
  const size = sizes[0] ?? 0;
  const whole = sizes.slice(0, -1).every((other) => other === size);
  const rest = sizes.at(-1) ?? 0;
  return sizes.length > 1 && size > 1 && whole && rest <= size ? size : null;
}

/** The starts under each other, from a little before the first that differs. */
function drawStarts(
  starts: readonly number[],
  expected: readonly number[],
  first: number,
): string[] {
  const length = Math.max(starts.length, expected.length);
  const from = Math.max(0, Math.min(first - 4, length - mostColumns));
  const to = Math.min(length, from + mostColumns);
  const rows: string[][] = [['  start'], ['  should'], ['  yours'], ['']];
  for (let index = from; index < to; index += 1) {
    const start = starts[index];
    const wanted = expected[index];
    rows[0]!.push(String(index + 1));
    rows[1]!.push(wanted === undefined ? '-' : formatMs(wanted));
    rows[2]!.push(start === undefined ? '-' : formatMs(start));
    rows[3]!.push(markOf(start, wanted));
  }
  const widths = rows[0]!.map((_, column) =>
    rows.reduce((widest, row) => Math.max(widest, row[column]!.length), 0),
  );
  const [head, ...others] = rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!),
      )
      .join('  ')
      .trimEnd(),
  );
  return [head!, `${others[0]} ms`, `${others[1]} ms`, others[2]!];
}

function markOf(start: number | undefined, wanted: number | undefined): string {
  if (start === undefined) return 'never';
  if (wanted === undefined) return 'extra';
  if (Math.abs(start - wanted) < 0.001) return '';
  return start > wanted ? 'late' : 'early';
}
