import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { gradeClass } from './grade-class.ts';
import type { ClassReport } from './grade-report.ts';
import { madeKatas, madeParts, madeStudent } from './store/fixtures/made-class.ts';
import { VerdictStore } from './store/verdict-store.ts';
import { writeReports } from './write-reports.ts';

async function madeReport(): Promise<ClassReport> {
  using store = VerdictStore.open(':memory:');
  const class_ = [madeStudent('ada', { '01-first': 'pass' }), madeStudent('../bob', {})];
  return (await gradeClass({ katas: madeKatas, parts: madeParts(class_), store })).report;
}

function newFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'reports-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('a format of the class is a file, and one of a student has a folder for each', async () => {
  const out = newFolder();

  const written = writeReports(await madeReport(), out, ['json', 'gradescope', 'exercism']);

  expect(written).toEqual(['report.json', 'gradescope/', 'exercism/']);
  expect(readdirSync(path.join(out, 'gradescope')).toSorted()).toEqual([
    'ada',
    expect.stringMatching(/^bob~[0-9a-f]+$/),
  ]);
  expect(readdirSync(path.join(out, 'exercism/ada')).toSorted()).toEqual([
    '01-first',
    '02-second',
    '03-third',
  ]);
});

test('writing again replaces what was there, and leaves nothing in part', async () => {
  const out = newFolder();
  const report = await madeReport();
  writeReports(report, out, ['json']);

  writeReports({ ...report, gradedAt: '2026-03-01T00:00:00.000Z' }, out, ['json']);

  expect(readdirSync(out)).toEqual(['report.json']);
  expect(readFileSync(path.join(out, 'report.json'), 'utf8')).toContain('2026-03-01T00:00:00.000Z');
});

test('a format whose options are missing changes nothing', async () => {
  const out = newFolder();
  const report = await madeReport();

  expect(() => writeReports(report, out, ['json', 'canvas'])).toThrow(/gradebook of Canvas/);

  expect(readdirSync(out)).toEqual([]);
});

test('what an earlier run wrote of a student who has left is taken away, and nothing else', async () => {
  const out = newFolder();
  const report = await madeReport();
  writeReports(report, out, ['html', 'gradescope']);
  writeFileSync(path.join(out, 'students', 'notes.txt'), 'mine');
  writeFileSync(path.join(out, 'moodle-to-check.txt'), 'of another format');

  const students = report.students.filter(({ id }) => id === 'ada');
  const grades = report.grades.filter(({ student }) => student === 'ada');
  writeReports({ ...report, students, grades }, out, ['html', 'gradescope']);

  expect(readdirSync(path.join(out, 'students')).toSorted()).toEqual(['ada.html', 'notes.txt']);
  expect(readdirSync(path.join(out, 'gradescope', 'ada'))).toEqual(['results.json']);
  expect(readFileSync(path.join(out, 'moodle-to-check.txt'), 'utf8')).toBe('of another format');

  writeReports({ ...report, students, grades }, out, ['moodle'], {
    moodleRoster: 'Username\nada\n',
  });
  expect(readdirSync(out)).not.toContain('moodle-to-check.txt');
});
