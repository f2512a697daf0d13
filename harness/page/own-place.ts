import path from 'node:path';
import type { Kata } from '../catalog/kata.ts';
import type { KataResult } from '../runner/kata-result.ts';
import { originOfCopy } from '../submission/prepare-submission.ts';
import { authorPath, formatLocation } from '../trace/source-location.ts';

interface Place {
  readonly file: string;
  readonly line: number;
}

/** A place as the page names it: a file of the kata by its name alone. */
export function placeName(kata: Kata, place: Place): string {
  const isOwn = path.basename(path.dirname(place.file)) === kata.id;
  return isOwn ? `${path.basename(place.file)}:${place.line}` : formatLocation(place);
}

/** Lets the spans of a result name the files that the learner edits, where the code ran from a copy of them. */
export function withOwnPlaces(
  result: KataResult,
  kata: Kata,
  submission: string | null,
): KataResult {
  const ownFile = (file: string): string =>
    submission === null ? authorPath(file) : originOfCopy(kata, submission, file);
  const tests = result.tests.map((test) => ({
    ...test,
    spans: test.spans.map((span) =>
      span.where === null
        ? span
        : { ...span, where: { ...span.where, file: ownFile(span.where.file) } },
    ),
  }));
  return { ...result, tests };
}
