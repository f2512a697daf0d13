import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { GradeProgress } from './grade-class.ts';
import type { Grade } from './grade-report.ts';
import { progressShower, timeLeft } from './show-progress.ts';

function progress(done: number, latest: Grade | null = null): GradeProgress {
  return { done, all: 40, judged: done, left: 40 - done, latest };
}

test.each([
  [0, 0, 10, ''],
  [60_000, 10, 0, ''],
  [1000, 10, 20, 'a few seconds left'],
  [10_000, 10, 31, 'about 40 s left'],
  [60_000, 10, 20, 'about 2 min left'],
  [60_000, 1, 180, 'about 3 h left'],
])('after %d ms for %d answers, %d are "%s"', (elapsedMs, judged, left, text) => {
  expect(timeLeft(elapsedMs, judged, left)).toBe(text);
});

test('elsewhere than on a terminal there is a line for every tenth', () => {
  let written = '';
  let now = 0;
  const show = progressShower({ write: (text) => (written += text) }, () => now);

  for (let done = 0; done <= 40; done += 1, now += 1000) show(progress(done));

  const lines = written.trimEnd().split('\n');
  expect(lines).toHaveLength(11);
  expect(lines[0]).toBe('  0 %  0 of 40 graded');
  expect(lines[5]).toBe(' 50 %  20 of 40 graded, about 20 s left');
  expect(lines[10]).toBe('100 %  40 of 40 graded');
});

test('on a terminal it is one line that fits, whatever a student is called, and is gone at the end', () => {
  const written: string[] = [];
  const show = progressShower({ isTTY: true, columns: 80, write: (text) => written.push(text) });
  const grade = { kata: '03-three-fetches', verdict: 'fail', passedTests: 2, allTests: 8 };

  show(progress(20, { ...grade, student: `\u001B[2J${'ada\n'.repeat(30)}` } as Grade));
  show(progress(40));

  const shown = stripVTControlCharacters(written[0]!);
  expect(shown).toMatch(/^\r ━{14}─{14} {2}20 of 40 graded.* ada ada/);
  expect(written[0]).not.toContain('\u001B[2J');
  expect(shown.length).toBeLessThanOrEqual(80);
  expect(written[1]).toBe('\r\u001B[K');
});
