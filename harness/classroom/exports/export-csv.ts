import type { ClassReport } from '../grade-report.ts';
import { csvText } from './csv-text.ts';
import type { ExportedFile } from './exported-file.ts';
import { roundPoints, standingsOf, type StudentStanding } from './standing.ts';
import { rerunSentences, toCheck } from './to-check.ts';

/**
 * `grades.csv`, a row for each student with the points of each kata, and `verdicts.csv`, a row for each student and kata. Where a kata is
 * not judged its cell is empty, and so is the sum.
 */
export function exportCsv(report: ClassReport): ExportedFile[] {
  const standings = standingsOf(report);
  return [
    { name: 'grades.csv', text: csvText(gradeRows(report, standings)) },
    { name: 'verdicts.csv', text: csvText([verdictHeader, ...standings.flatMap(verdictRows)]) },
    ...toCheck('csv-to-check.txt', rerunSentences(standings)),
  ];
}

function gradeRows(report: ClassReport, standings: readonly StudentStanding[]) {
  const header = ['student', 'name', 'email', 'submitted_at', 'late'];
  header.push(...report.katas.map((kata) => kata.id), 'points', 'maximum', 'percent');
  const rows = standings.map(({ student, katas, points, maximum }) => [
    student.id,
    student.name,
    student.email,
    student.submittedAt,
    student.late ? 'yes' : 'no',
    ...katas.map((standing) => rounded(standing.points)),
    rounded(points),
    roundPoints(maximum),
    points === null || maximum === 0 ? null : roundPoints((points / maximum) * 100),
  ]);
  return [header, ...rows];
}

function verdictRows({ student, katas }: StudentStanding) {
  return katas.map(({ kata, verdict, points, reason, grade }) => [
    student.id,
    kata.id,
    verdict,
    points === null ? null : (grade?.passedTests ?? null),
    grade?.allTests ?? kata.tests.length,
    rounded(points),
    roundPoints(kata.weight),
    reason === null ? null : reason.replace(/\s+/g, ' '),
    grade?.seed ?? null,
  ]);
}

const verdictHeader = [
  'student',
  'kata',
  'verdict',
  'passed_tests',
  'all_tests',
  'points',
  'maximum',
  'reason',
  'seed',
];

function rounded(points: number | null): number | null {
  return points === null ? null : roundPoints(points);
}
