import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { exportMoodle } from './export-moodle.ts';
import { sampleReport, sampleStudent } from './fixtures/sample-report.ts';

test('without a roster the address is taken, and one who has none is left out', () => {
  const students = [
    sampleStudent('ada', 'Ada'),
    sampleStudent('dan', 'Dan'),
    { ...sampleStudent('bob', 'Bob'), email: null },
  ];

  const [csv, check] = exportMoodle({ ...sampleReport(), students });

  const rows: string[][] = parse(csv!.text);
  expect(rows.map((row) => row[0])).toEqual([
    'Email address',
    'ada@example.com',
    'dan@example.com',
  ]);
  expect(check!.text).toContain('Left out: Bob (bob) has no Email address.');
});

test('an answer that is not judged is a dash, since Moodle makes an empty cell of a new item a zero', () => {
  const [csv] = exportMoodle(sampleReport());

  expect(csv!.text).toContain('dan@example.com,100,-,-\r\n');
});

test('the field of the roster by which most are found is taken, in the words of the roster', () => {
  const roster = 'Username;Email address\nADA;a@x.org\nBob;b@x.org\nDan;d@x.org\n';

  const [csv, check] = exportMoodle(sampleReport(), { moodleRoster: roster });

  expect(csv!.text.split('\r\n').map((line) => line.split(',')[0])).toEqual([
    'Username',
    'ADA',
    'Bob',
    'Dan',
    '',
  ]);
  expect(check!.text).toContain(
    'Left out: Zoe (zoe) is not in the roster of Moodle (Username zoe).',
  );
});

test('two students with one address are both left out, since only one of them is the user', () => {
  const students = [
    { ...sampleStudent('ada', null), email: 'a@x.org' },
    { ...sampleStudent('bob', null), email: 'A@x.org' },
  ];

  const [csv, check] = exportMoodle({ ...sampleReport(), students });

  expect(csv!.text.trim().split('\r\n')).toHaveLength(1);
  expect(check!.text.match(/has the same Email address as another student/g)).toHaveLength(2);
});

test('no grade is above the maximum, and a roster without users is said', () => {
  const rows: string[][] = parse(exportMoodle(sampleReport())[0]!.text);

  const grades = rows.slice(1).flatMap((row) => row.slice(1).filter((cell) => cell !== '-'));
  expect(Math.max(...grades.map(Number))).toBe(100);
  expect(() => exportMoodle(sampleReport(), { moodleRoster: 'Name\nAda\n' })).toThrow(
    'Expected a roster of Moodle with a column Username, ID number or Email address, got "Name".',
  );
});

test('without a list of participants it says that its names may be none of Moodle', () => {
  const report = sampleReport();
  const students = report.students.map((student) => ({ ...student, email: null }));

  const [csv, check] = exportMoodle({ ...report, students });

  expect(csv!.text).toMatch(/^Username,/);
  expect(check!.text).toContain('give --moodle-roster');
});
