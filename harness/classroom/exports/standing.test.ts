import { expect, test } from 'vitest';
import { hardestTests } from './hardest-tests.ts';
import { sampleReport } from './fixtures/sample-report.ts';
import { sharePoints } from './share-points.ts';
import { standingOf } from './standing.ts';

test('points are the share of the tests that passed, by weight', () => {
  const { katas, points, maximum } = standingOf(sampleReport(), 'bob');

  expect(katas.map((kata) => kata.points)).toEqual([2 / 3, 0]);
  expect([points, maximum]).toEqual([2 / 3, 3]);
});

test('an unknown verdict leaves the sum unknown', () => {
  const { points, pointsSoFar, unjudged } = standingOf(sampleReport(), 'dan');

  expect([points, pointsSoFar]).toEqual([null, 1]);
  expect(unjudged.map(({ kata }) => kata.id)).toEqual(['09-timeouts']);
});

test('no green test of a tampered answer counts, whatever its record says', () => {
  const { katas } = standingOf(sampleReport(), '=1+1|calc');

  expect(katas[1]).toMatchObject({ verdict: 'tampered', points: 0 });
  expect(katas[1]!.tests.map((test) => [test.verdict, test.record])).toEqual([
    ['none', null],
    ['none', null],
  ]);
});

test('a test of the manifest that did not run is red, and an extra one is nothing', () => {
  const report = sampleReport();
  const grade = report.grades[0]!;
  const tests = [grade.tests[0]!, { ...grade.tests[1]!, name: 'a test of my own' }];
  const grades = [{ ...grade, verdict: 'fail' as const, passedTests: 1, tests }];

  const { katas } = standingOf({ ...report, grades }, 'ada');

  expect(katas[0]!.tests.map((test) => test.verdict)).toEqual(['pass', 'fail', 'fail']);
});

test('the tests that fail most come first, out of the answers whose spec ran to its end', () => {
  const [first, second] = hardestTests(sampleReport());

  expect(first).toMatchObject({ test: 'three fetches finish in under 1.2s', failed: 2, judged: 4 });
  expect(second).toMatchObject({ test: 'returns the bodies in order', failed: 1 });
});

test('whole points of the tests sum up to those of the kata', () => {
  expect(sharePoints(100, 3)).toEqual([33, 33, 34]);
  expect(sharePoints(2, 3).reduce((sum, part) => sum + part)).toBe(2);
});
