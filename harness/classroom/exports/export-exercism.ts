import type { ClassReport } from '../grade-report.ts';
import type { ExportedFile } from './exported-file.ts';
import { standingOf, verdictSentences, type KataStanding } from './standing.ts';

/** Longer messages are cut by the website. */
const mostCharacters = 65_535;

/**
 * `results.json` of Exercism's test runners, version 3, for one kata of one student: the tests in the order of the spec, `error` only where
 * nothing ran, or where its result does not count.
 *
 * Source: exercism/docs, building/tooling/test-runners/interface.md.
 *
 * @throws Error where the student or the kata is none of the report.
 */
export function exportExercism(
  report: ClassReport,
  student: string | undefined,
  kata: string | undefined,
): ExportedFile[] {
  const { katas } = standingOf(report, student);
  const standing = katas.find((one) => one.kata.id === kata);
  if (standing === undefined) {
    throw new Error(
      `Expected the id of one kata, got ${kata === undefined ? 'none' : JSON.stringify(kata)}. Name one of the report: ${report.katas.map(({ id }) => id).join(', ')}.`,
    );
  }
  const result = { version: 3, ...(hasRun(standing) ? testsOf(standing) : errorOf(standing)) };
  return [{ name: 'results.json', text: `${JSON.stringify(result, null, 2)}\n` }];
}

function hasRun({ verdict }: KataStanding): boolean {
  return verdict === 'pass' || verdict === 'fail';
}

function errorOf({ verdict, reason }: KataStanding) {
  const message = cut([verdictSentences[verdict], ...(reason === null ? [] : [reason])].join('\n'));
  return { status: 'error', message, tests: [] };
}

function testsOf({ kata, verdict, tests }: KataStanding) {
  return {
    status: verdict,
    message: null,
    tests: tests.map((test) => ({
      name: test.name,
      status: test.verdict,
      ...(test.message === null ? {} : { message: cut(test.message) }),
      // The report does not hold the spec: this is the command that runs it.
      test_code: `npm test katas/${kata.id}`,
    })),
  };
}

function cut(text: string): string {
  return text.length <= mostCharacters ? text : `${text.slice(0, mostCharacters - 1)}…`;
}
