import type { ClassReport } from '../grade-report.ts';
import type { ExportedFile } from './exported-file.ts';
import { sharePoints, wholePoints } from './share-points.ts';
import { standingOf, type KataStanding, type TestStanding } from './standing.ts';
import { rerunSentences, toCheck } from './to-check.ts';

/**
 * `github-classroom.env`, to be appended to `$GITHUB_ENV`, for GitHub Classroom's older reporter: for each test a runner with its result in
 * base64, and `KATA_RUNNERS`, the list that the reporter takes as `runners`.
 *
 * One test to a runner, since the reporter scores twice: what it prints is tests passed, what it hands on is the sum of the scores, and only
 * so do the two agree for each runner. Where a kata is not judged nothing is written, and the step should fail: the reporter knows no empty score.
 *
 * Source: classroom-resources/autograding-grading-reporter, src/main.js, src/console-results.js, src/notify-classroom.js.
 *
 * @throws Error where `student` is none of the report.
 */
export function exportGithubClassroom(
  report: ClassReport,
  student: string | undefined,
): ExportedFile[] {
  const standing = standingOf(report, student);
  if (standing.points === null) {
    return toCheck('github-classroom-to-check.txt', rerunSentences([standing]));
  }
  const runners = standing.katas.flatMap(runnersOf);
  const lines = [
    `KATA_RUNNERS=${runners.map(({ id }) => id).join(',')}`,
    ...runners.map(({ id, result }) => `${id.toUpperCase()}_RESULTS=${toBase64(result)}`),
  ];
  return [{ name: 'github-classroom.env', text: `${lines.join('\n')}\n` }];
}

function runnersOf(standing: KataStanding, kataIndex: number) {
  const points = sharePoints(wholePoints(standing.kata.weight), standing.tests.length);
  return standing.tests.map((test, index) => ({
    // Letters and digits only: the reporter refuses any other name.
    id: `kata${kataNumber(standing, kataIndex)}test${test.number}`,
    result: resultOf(standing, test, points[index]!),
  }));
}

function resultOf({ kata, verdict }: KataStanding, test: TestStanding, points: number) {
  const status = test.verdict === 'none' ? 'error' : test.verdict;
  const location = test.record?.failure?.location ?? null;
  return {
    version: 1,
    status,
    max_score: points,
    tests: [
      {
        name: `${kata.title}: ${test.name}`,
        status,
        score: test.verdict === 'pass' ? points : 0,
        message:
          test.verdict === 'none' ? `${verdict}: ${test.message ?? ''}` : (test.message ?? ''),
        test_code: `npm test katas/${kata.id}`,
        filename: location?.file ?? '',
        line_no: location?.line ?? 0,
      },
    ],
  };
}

function kataNumber({ kata }: KataStanding, index: number): string {
  return /^\d+/.exec(kata.id)?.[0] ?? String(index + 1);
}

function toBase64(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64');
}
