import { expect, test } from 'vitest';
import { exportReport } from './export-report.ts';
import { sampleReport } from './fixtures/sample-report.ts';

const files = exportReport(sampleReport(), 'html');

test('the page of a student names no other student, and theirs is not named after others', () => {
  const pages = files.filter(({ name }) => name.startsWith('students/'));
  const names = ['Lovelace', 'Böhm', 'Moriarty', 'Dan', 'Zoe', 'ada', 'bob', 'calc', 'dan', 'zoe'];

  expect(pages).toHaveLength(5);
  for (const [index, { text }] of pages.entries()) {
    const body = text.slice(text.indexOf('<body>'));
    const others = names.filter((_, at) => at % 5 !== index);
    expect(others.filter((name) => new RegExp(`\\b${name}\\b`, 'u').test(body))).toEqual([]);
  }
});

test.for(files.map(({ name }) => name))('%s holds no markup of a student and no script', (name) => {
  const { text } = files.find((file) => file.name === name)!;

  expect(text).not.toMatch(/<script|<b>|javascript:|https?:\/\/(?!www\.w3\.org|example\.com)/);
  expect(text).not.toMatch(/\s(src|style|on\w+)=/);
});
