import type { ClassReport } from '../grade-report.ts';
import type { ExportedFile } from './exported-file.ts';
import { roundPoints, standingOf, type KataStanding, type TestStanding } from './standing.ts';
import { rerunSentences, toCheck } from './to-check.ts';

/**
 * `results.json` of Gradescope, for one student. Every text is of the format `text`: the others would show a student's own markup.
 *
 * Where a kata is not judged there is no `results.json`, since Gradescope knows no empty score: it then says that the autograder failed, and
 * offers to run it again.
 *
 * Source: https://gradescope-autograders.readthedocs.io/en/latest/specs/
 *
 * @throws Error where `student` is none of the report.
 */
export function exportGradescope(report: ClassReport, student: string | undefined): ExportedFile[] {
  const standing = standingOf(report, student);
  if (standing.points === null) return toCheck('results-to-check.txt', rerunSentences([standing]));
  const result = {
    score: roundPoints(standing.points),
    execution_time: executionSeconds(standing.katas),
    output: `Graded ${report.gradedAt}.`,
    output_format: 'text',
    test_output_format: 'text',
    test_name_format: 'text',
    visibility: 'visible',
    stdout_visibility: 'hidden',
    tests: standing.katas.flatMap((kata) => kata.tests.map((test) => testOf(kata, test))),
  };
  return [{ name: 'results.json', text: `${JSON.stringify(result, null, 2)}\n` }];
}

function testOf({ kata, tests }: KataStanding, test: TestStanding) {
  const most = kata.weight / tests.length;
  return {
    score: test.verdict === 'pass' ? fine(most) : 0,
    max_score: fine(most),
    status: test.verdict === 'pass' ? 'passed' : 'failed',
    name: `${kata.title}: ${test.name}`,
    number: `${kata.id.slice(0, 2)}.${test.number}`,
    ...(test.message === null ? {} : { output: outputOf(test) }),
    tags: [kata.id],
  };
}

function outputOf({ message, record }: TestStanding): string {
  const advice = record?.failure?.advice ?? null;
  return [message, ...(advice === null ? [] : ['', advice])].join('\n');
}

function executionSeconds(katas: readonly KataStanding[]): number {
  return roundPoints(katas.reduce((sum, { grade }) => sum + (grade?.judgedMs ?? 0), 0) / 1000);
}

/** Finer than the score: the tests of a kata should add up to it. */
function fine(points: number): number {
  return Math.round(points * 10_000) / 10_000;
}
