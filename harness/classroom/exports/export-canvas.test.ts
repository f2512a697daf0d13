import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { exportCanvas } from './export-canvas.ts';
import { sampleReport, sampleStudent } from './fixtures/sample-report.ts';

const gradebook = readFileSync(
  path.join(import.meta.dirname, 'fixtures', 'canvas-gradebook.csv'),
  'utf8',
);

test('only columns that Canvas knows by their number are written, scaled to its points', () => {
  const rows: string[][] = parse(exportCanvas(sampleReport(), gradebook)[0]!.text);

  expect(rows[0]!.slice(5)).toEqual(['Three fetches (1042)', 'Kata 09: Timeouts (1043)']);
  expect(rows[1]!.slice(5)).toEqual(['10', '20']);
  expect(rows.find((row) => row[1] === '102')!.slice(5)).toEqual(['6.67', '0']);
});

test('an answer that is not judged is an empty cell, and nobody else of the gradebook is touched', () => {
  const rows: string[][] = parse(exportCanvas(sampleReport(), gradebook)[0]!.text);

  expect(rows.find((row) => row[1] === '103')!.slice(5)).toEqual(['10', '']);
  expect(rows.map((row) => row[1])).toEqual(['ID', '', '101', '102', '103']);
});

test('a gradebook with semicolons and decimal commas is answered with semicolons', () => {
  const text = [
    'Student;ID;Section;Event Loop Katas (5)',
    '    Points Possible;;;7,5',
    'Lovelace, Ada;1;A;',
    'Böhm, Bob;2;A;',
  ].join('\n');

  const [csv, check] = exportCanvas(sampleReport(), `\uFEFF${text}`);

  expect(csv!.text).toContain('Lovelace, Ada;1;A;7.5\r\n');
  expect(csv!.text).toContain('Böhm, Bob;2;A;1.67\r\n');
  expect(check!.text).not.toContain('has no assignment');
});

test('two students who are one of the gradebook are left out, and so is one who is two', () => {
  const students = [sampleStudent('x', 'Ada Lovelace'), sampleStudent('y', 'Ada Lovelace')];
  const twins = `${gradebook}"Z, Zoe",8,,,A,,,,,\n"Z, Zoe",9,,,A,,,,,\n`;
  const report = { ...sampleReport(), grades: [] };

  const [csv, check] = exportCanvas(
    { ...report, students: [...students, sampleStudent('z', 'Zoe Z')] },
    twins,
  );

  expect(csv!.text.trim().split('\r\n')).toHaveLength(2);
  expect(check!.text).toContain(
    'Left out: Ada Lovelace (x) and Ada Lovelace (y) are the same student of the gradebook, Lovelace, Ada.',
  );
  expect(check!.text).toContain('Left out: Zoe Z (z) is more than one student of the gradebook.');
});

test('a gradebook without an assignment for a kata is said, with what it has', () => {
  const other = 'Student,ID,Section,Essay (3)\nAda,1,A,\n';

  expect(() => exportCanvas(sampleReport(), other)).toThrow(
    'Expected an assignment in the gradebook that is named after a kata (“Three fetches”) or “Event Loop Katas”, got “Essay”.',
  );
  expect(() => exportCanvas(sampleReport(), 'name;grade\nAda;1\n')).toThrow(
    'Expected a gradebook exported from Canvas',
  );
});
