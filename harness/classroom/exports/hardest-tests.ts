import type { ClassReport } from '../grade-report.ts';
import { standingsOf, type ReportedKata } from './standing.ts';

/** How often one test is red in a class. */
export interface HardTest {
  readonly kata: ReportedKata;
  readonly test: string;
  readonly failed: number;
  /** Answers in which the spec ran to its end: the others say nothing about a single test. */
  readonly judged: number;
}

/** The tests that fail, the most often red first. */
export function hardestTests(report: ClassReport): HardTest[] {
  const standings = standingsOf(report);
  const tests = report.katas.flatMap((kata, kataIndex) =>
    kata.tests.map((test, testIndex): HardTest => {
      const verdicts = standings.map(({ katas }) => katas[kataIndex]!.tests[testIndex]!.verdict);
      const judged = verdicts.filter((verdict) => verdict !== 'none').length;
      return {
        kata,
        test,
        judged,
        failed: verdicts.filter((verdict) => verdict === 'fail').length,
      };
    }),
  );
  return tests
    .filter((test) => test.failed > 0)
    .toSorted((a, b) => b.failed - a.failed || b.failed / b.judged - a.failed / a.judged);
}
