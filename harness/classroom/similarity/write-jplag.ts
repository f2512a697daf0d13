import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileNameOf } from '../exports/exported-file.ts';
import type { Submission } from '../grade-report.ts';
import { describeJplag } from './describe-jplag.ts';
import { readMarker, writeMarker } from './jplag-marker.ts';
import type { JplagExport } from './prepare-jplag.ts';

/**
 * Writes what a class handed in as JPlag takes it, whatever its verdicts: for each kata `submissions/<student>/` with the answer byte by
 * byte, and `base/` with the starter. The folders of katas that an earlier export wrote are removed, so that nobody who has left the class
 * stays in them; whatever else lies in the folder is left alone.
 *
 * @returns where the answers are and how they are compared, as one line.
 */
export function writeJplag(
  { folder, katas, starters }: JplagExport,
  submissions: readonly Submission[],
): string {
  const ids = katas.map(({ id }) => id);
  mkdirSync(folder, { recursive: true });
  for (const id of new Set([...(readMarker(folder) ?? []), ...ids])) {
    rmSync(path.join(folder, id), { recursive: true, force: true });
  }
  // Before the answers: an export that was cut off is known as ours too.
  writeMarker(folder, ids);

  const answers = new Map<string, number>();
  for (const id of ids) {
    writeFiles(path.join(folder, id, 'base'), Object.entries(starters[id]!));
    const place = path.join(folder, id, 'submissions');
    mkdirSync(place);
    const handedIn = submissions.filter((submission) => submission.answers.get(id)?.size);
    for (const { student, answers: own } of handedIn) {
      writeFiles(path.join(place, fileNameOf(student.id)), own.get(id)!);
    }
    answers.set(id, handedIn.length);
  }
  return describeJplag(folder, answers);
}

/** @param files by names that a `kata.json` gives, never by those of a student. */
function writeFiles(folder: string, files: Iterable<[name: string, content: string | Uint8Array]>) {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of files) writeFileSync(path.join(folder, name), content);
}
