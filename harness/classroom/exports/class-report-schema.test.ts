import { expect, test } from 'vitest';
import type { ClassReport } from '../grade-report.ts';
import { readClassReport } from './class-report-schema.ts';
import { exportJson } from './export-json.ts';
import { sampleReport } from './fixtures/sample-report.ts';

test('a report is read back to the same, and its file holds nothing that does not print', () => {
  const report = sampleReport();

  const { text } = exportJson(report)[0]!;

  expect(readClassReport(text)).toEqual(report);
  expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
});

test.for<[string, (report: ClassReport) => unknown, string]>([
  ['of another version', (report) => ({ ...report, schema: 'other/v2' }), ' at schema: '],
  [
    'with a verdict that is none',
    (report) => ({ ...report, grades: [{ ...report.grades[0], verdict: 'fine' }] }),
    ' at grades.0.verdict: ',
  ],
  [
    'with two grades for one answer',
    (report) => ({ ...report, grades: [report.grades[0], report.grades[0]] }),
    'Expected one grade for each student and kata',
  ],
  [
    'with more passed tests than there are',
    (report) => ({ ...report, grades: [{ ...report.grades[0], passedTests: 99 }] }),
    'Expected no more passed tests than the kata has',
  ],
  [
    'with a grade of someone else',
    (report) => ({ ...report, grades: [{ ...report.grades[0], student: 'mallory' }] }),
    'Expected grades of students of the class only',
  ],
])('a report %s is refused, and the place is named', ([, change, sentence]) => {
  const text = JSON.stringify(change(sampleReport()));

  expect(() => readClassReport(text)).toThrow(sentence);
});

test('a file that was cut is told as such', () => {
  const { text } = exportJson(sampleReport())[0]!;

  expect(() => readClassReport(text.slice(0, 500))).toThrow('Was the file cut?');
});
