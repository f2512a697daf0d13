import { expect, test } from 'vitest';
import { cleanReport } from './clean-report.ts';
import { cleanText } from './clean-text.ts';
import { sampleReport, sampleStudent } from './fixtures/sample-report.ts';

test('text loses what does not print, and keeps its lines', () => {
  expect(cleanText('\u001b[31mred\u001b[0m\u0000\r\n\ttab\u202e\u0085next\ud800')).toBe(
    'red\n  tab\nnext',
  );
});

test('text that is too long is cut, and says so', () => {
  const text = cleanText('x'.repeat(1_000_000));

  expect(text).toHaveLength(4000 + '\n… and more that was cut.'.length);
  expect(text).toMatch(/x\n… and more that was cut\.$/);
});

test('ids that differ only in what is removed stay different, and keep their grades', () => {
  const report = sampleReport();
  const ids = ['eve\u0007', 'eve', 'e\u200bve', '\u0001'];
  const grade = report.grades[0]!;

  const clean = cleanReport({
    ...report,
    students: ids.map((id) => sampleStudent(id, null)),
    grades: ids.map((student) => Object.assign({}, grade, { student })),
  });

  expect(clean.students.map(({ id }) => id)).toEqual(['eve (2)', 'eve', 'eve (3)', 'no name']);
  expect(clean.grades.map(({ student }) => student)).toEqual(clean.students.map(({ id }) => id));
});
