import type { ExportedFile } from './exported-file.ts';
import { studentLabel, verdictSentences, type StudentStanding } from './standing.ts';

/** What a teacher has to look at before the export is used, as a file beside it; none where there is nothing. */
export function toCheck(name: string, sentences: readonly string[]): ExportedFile[] {
  if (sentences.length === 0) return [];
  return [{ name, text: `${sentences.join('\n')}\n` }];
}

/** A sentence for each kata that is to be run again, since nothing is known about its answer. */
export function rerunSentences(standings: readonly StudentStanding[]): string[] {
  return standings.flatMap(({ student, unjudged }) =>
    unjudged.map(
      ({ kata, verdict, reason }) =>
        `Run again: ${kata.id} of ${studentLabel(student)}. ${oneLine(reason ?? verdictSentences[verdict])}`,
    ),
  );
}

/** Whose katas are to be run again, by student: for a reader who has the verdicts before them. */
export function rerunsByStudent(standings: readonly StudentStanding[]): string[] {
  return standings
    .filter(({ unjudged }) => unjudged.length > 0)
    .map(({ student, unjudged }) => {
      const katas = unjudged.map(({ kata }) => kata.id.slice(0, 2)).join(', ');
      return `${studentLabel(student)}: ${katas}`;
    });
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
