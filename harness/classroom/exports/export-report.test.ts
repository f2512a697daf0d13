import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { exportFormats, exportReport, type ExportFormat } from './export-report.ts';
import { reportOfOne, sampleReport } from './fixtures/sample-report.ts';

const canvasGradebook = fixture('canvas-gradebook.csv');
const moodleRoster = fixture('moodle-participants.csv');
const classroom50 = {
  classroom: 'cs-principles',
  assignment: 'event-loop',
  assignmentType: 'individual',
  owner: 'bob',
  submission: 'submit/2026-06-01T14-32-05Z-a1b2c3d',
  commit: 'https://example.com/commit/a1b2c3d',
  release: 'https://example.com/releases/a1b2c3d',
  review: 'https://example.com/compare/a1b2c3d',
  datetime: '2026-06-01T14:32:01+00:00',
} as const;
const oneStudent = new Set<ExportFormat>([
  'gradescope',
  'classroom50',
  'github-classroom',
  'exercism',
]);

// The pages are held by what a browser makes of them.
const heldByText = exportFormats.filter((format) => format !== 'html');

test.for(heldByText)('the files of %s are those that its readers take', async (format) => {
  const report = oneStudent.has(format) ? reportOfOne() : sampleReport();

  const files = exportReport(report, format, {
    canvasGradebook,
    moodleRoster,
    classroom50,
    kata: '03-three-fetches',
  });

  for (const { name, text } of files) {
    const golden = path.join(import.meta.dirname, 'golden', `${format}-${path.basename(name)}`);
    await expect(text).toMatchFileSnapshot(`${golden}.golden`);
  }
});

test.for(exportFormats)('nothing that does not print is in the files of %s', (format) => {
  const report = oneStudent.has(format) ? reportOfOne('=1+1|calc') : sampleReport();

  const files = exportReport(report, format, { canvasGradebook, classroom50, kata: '09-timeouts' });

  for (const { text } of files)
    expect(text.replace(/\r\n/g, '\n')).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
});

test.for(['gradescope', 'classroom50', 'github-classroom'] as const)(
  '%s knows no empty score, so an answer that is not judged gives no score at all',
  (format) => {
    const files = exportReport(sampleReport(), format, { student: 'dan', classroom50 });

    expect(files.map(({ name }) => name)).toEqual([expect.stringMatching(/-to-check\.txt$/)]);
    expect(files[0]!.text).toMatch(
      /^Run again: 09-timeouts of Dan \(dan\)\. The machine was too busy/,
    );
  },
);

test('a kata without a grade is not judged, and no zero', () => {
  const report = reportOfOne('ada');
  const files = exportReport({ ...report, grades: report.grades.slice(0, 1) }, 'csv');

  expect(files[0]!.text).toContain(
    'ada,Ada Lovelace,ada@example.com,2026-05-31T20:00:00.000Z,no,1,,,3,',
  );
  expect(files.at(-1)!.text).toContain('It was not judged yet.');
});

test('one student has to be named in a class of many', () => {
  expect(() => exportReport(sampleReport(), 'gradescope')).toThrow(
    'Expected the id of one student, got none. Name one of the report: ada, bob,',
  );
  expect(() => exportReport(sampleReport(), 'exercism', { student: 'ada', kata: '99' })).toThrow(
    'Expected the id of one kata, got "99". Name one of the report: 03-three-fetches, 09-timeouts.',
  );
});

test('Canvas needs the gradebook that it is to match', () => {
  expect(() => exportReport(sampleReport(), 'canvas')).toThrow(
    'Expected the gradebook of Canvas, got none.',
  );
});

function fixture(name: string): string {
  return readFileSync(path.join(import.meta.dirname, 'fixtures', name), 'utf8');
}
