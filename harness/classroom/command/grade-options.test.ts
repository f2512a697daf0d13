import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { kataIds } from '../../catalog/kata.ts';
import { dueOf, formatsOf, jobsOf, katasOf, usualJobs, weightsOf } from './grade-options.ts';
import { GradeUsageError } from './grade-usage-error.ts';

test('katas are ranges and names with commas between, and all where none is named', () => {
  expect(katasOf(undefined)).toEqual(kataIds());
  expect(katasOf('01-02,three-fetches')).toEqual([
    '01-blocking-or-suspending',
    '02-loop-order',
    '03-three-fetches',
  ]);
  expect(() => katasOf(',')).toThrow(GradeUsageError);
});

test('weights are points of the katas that are graded', () => {
  const graded = katasOf('01-05');

  expect([...weightsOf('03=2, 04-05=0.5', graded)]).toEqual([
    ['03-three-fetches', 2],
    ['04-calling-is-starting', 0.5],
    ['05-event-loop', 0.5],
  ]);
  expect(weightsOf(undefined, graded).size).toBe(0);
  expect(() => weightsOf('10=3', graded)).toThrow(
    'Expected --weights of katas that are graded, got 10-task-group.',
  );
});

test.each(['03', '03=', '03=-1', '03=1e9', '03=two', '=2'])('"%s" is no weight', (text) => {
  expect(() => weightsOf(text, katasOf('03'))).toThrow(GradeUsageError);
});

test('the due time is one moment, in the zone that it names', () => {
  expect(dueOf('2026-03-01T18:00+01:00')).toEqual(new Date('2026-03-01T17:00:00Z'));
  expect(dueOf('2026-03-01T18:00:30Z')).toEqual(new Date('2026-03-01T18:00:30Z'));
  expect(dueOf('2026-03-01T18:00')).toEqual(new Date(2026, 2, 1, 18));
});

test.each(['2026-03-01', '2026-02-30T10:00Z', '2026-03-01T25:00Z', '1.3.2026 18:00', 'tomorrow'])(
  '"%s" is no due time',
  (text) => {
    expect(() => dueOf(text)).toThrow(/^Expected --due to be a time such as /);
  },
);

test('jobs are a whole number, by default for half of the processors', () => {
  expect(jobsOf('12')).toBe(12);
  expect(usualJobs()).toBe(Math.max(1, Math.floor(availableParallelism() / 2)));
  for (const text of ['0', '-1', '1.5', 'two', '']) {
    expect(() => jobsOf(text)).toThrow(GradeUsageError);
  }
});

test('the JSON is always among the formats, since all others come from it', () => {
  expect(formatsOf('moodle,csv')).toEqual(['json', 'moodle', 'csv']);
  expect(formatsOf(undefined)).toEqual(['json', 'table', 'csv', 'html']);
  expect(() => formatsOf('pdf')).toThrow(/^There is no format "pdf"\. Formats: json, /);
});
