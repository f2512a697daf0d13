import picocolors from 'picocolors';
import { cutText, displayWidth, fitText, plainLine } from '../../trace/fit-text.ts';
import { wrapText } from '../../trace/wrap-text.ts';
import type { ClassReport, GradeVerdict } from '../grade-report.ts';
import type { ExportedFile } from './exported-file.ts';
import { hardestTests } from './hardest-tests.ts';
import {
  formatPoints,
  roundPoints,
  standingsOf,
  studentLabel,
  type StudentStanding,
} from './standing.ts';
import { rerunsByStudent } from './to-check.ts';
import { verdictMarks } from './verdict-mark.ts';

const width = 80;
const nameWidth = 24;
/** Columns of katas beside the name and the points. */
const katasInABlock = 36;
const mostSentences = 20;

/** The class as a table for a terminal: at most 80 columns, every verdict another sign, then what to run again and what fails most. */
export function exportTable(
  report: ClassReport,
  { colour = false }: { readonly colour?: boolean } = {},
): ExportedFile[] {
  const colours = picocolors.createColors(colour);
  const standings = standingsOf(report);
  const lines = [''];
  for (let start = 0; start < Math.max(1, report.katas.length); start += katasInABlock) {
    lines.push(...block(report, standings, start, colours), '');
  }
  lines.push(...legend(standings), ...hardest(report));
  lines.push(
    ...listed('To run again, since nothing is known about them', rerunsByStudent(standings)),
  );
  lines.push(...listed('To look at', problems(report)));
  lines.push(
    ` ${standings.length} ${standings.length === 1 ? 'student' : 'students'}, ${report.katas.length} katas, graded ${report.gradedAt}.`,
    '',
  );
  return [{ name: 'report.txt', text: lines.join('\n') }];
}

type Colours = ReturnType<typeof picocolors.createColors>;

function block(
  report: ClassReport,
  standings: readonly StudentStanding[],
  start: number,
  colours: Colours,
): string[] {
  const katas = report.katas.slice(start, start + katasInABlock);
  const numbers = katas.map((kata) => /^\d+/.exec(kata.id)?.[0].padStart(2, '0') ?? '??');
  const digits = (place: number): string => numbers.map((number) => number.at(place)).join('');
  const rows = standings.map((standing) => {
    const shown = standing.katas.slice(start, start + katasInABlock);
    const cells = shown
      .map((kata) => colourOf(kata.verdict, colours)(verdictMarks[kata.verdict]))
      .join('');
    return ` ${fitText(nameOf(standing), nameWidth)} ${cells}  ${cutText(score(standing), width - nameWidth - 4 - katas.length)}`;
  });
  return [
    ` ${' '.repeat(nameWidth)} ${digits(-2)}`,
    colours.bold(` ${'Student'.padEnd(nameWidth)} ${digits(-1)}  points`),
    ...rows,
  ];
}

function nameOf({ student }: StudentStanding): string {
  const name = student.name ?? student.id;
  return student.late ? `${cutText(name, nameWidth - 5)} late` : name;
}

function score({ points, pointsSoFar, maximum }: StudentStanding): string {
  // `+?`: more may come, once the katas are judged.
  const known = points === null ? `${formatPoints(pointsSoFar)}+?` : formatPoints(points);
  return `${known}/${formatPoints(roundPoints(maximum))}`;
}

function colourOf(verdict: GradeVerdict, colours: Colours): (text: string) => string {
  if (verdict === 'pass') return colours.green;
  if (verdict === 'missing') return colours.dim;
  return verdict === 'inconclusive' || verdict === 'infrastructure' ? colours.yellow : colours.red;
}

function legend(standings: readonly StudentStanding[]): string[] {
  const used = new Set(standings.flatMap(({ katas }) => katas.map(({ verdict }) => verdict)));
  const words = Object.entries(verdictMarks)
    .filter(([verdict]) => used.has(verdict as GradeVerdict))
    .map(([verdict, mark]) => `${mark}\u00A0${verdict}`);
  return words.length === 0
    ? []
    : [...wrapped(words.join('  ')).map((line) => line.replaceAll('\u00A0', ' ').trimEnd()), ''];
}

function hardest(report: ClassReport): string[] {
  const tests = hardestTests(report).slice(0, 5);
  if (tests.length === 0) return [];
  const rows = tests.map(({ kata, test, failed, judged }) => {
    const count = `${failed} of ${judged}`;
    const room = width - 9 - displayWidth(count);
    return `   ${/^\d+/.exec(kata.id)?.[0] ?? '??'}  ${fitText(plainLine(test), room)} ${count}`;
  });
  return [' What fails most', ...rows, ''];
}

function problems(report: ClassReport): string[] {
  return report.students.flatMap((student) =>
    student.problems.map((problem) => `${studentLabel(student)}: ${problem}`),
  );
}

function listed(title: string, sentences: readonly string[]): string[] {
  if (sentences.length === 0) return [];
  const more = sentences.length - mostSentences;
  return [
    ` ${title}`,
    ...sentences.slice(0, mostSentences).flatMap((sentence) => wrapped(sentence, '   ')),
    ...(more > 0 ? [`   … and ${more} more`] : []),
    '',
  ];
}

function wrapped(text: string, indent = ' '): string[] {
  const room = width - indent.length;
  return wrapText(text, room).map((line) => `${indent}${cutText(line, room)}`);
}
