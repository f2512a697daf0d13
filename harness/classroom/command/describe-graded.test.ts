import { expect, test } from 'vitest';
import type { GradedClass } from '../grade-class.ts';
import type { Grade, GradeVerdict } from '../grade-report.ts';
import { describeGraded } from './describe-graded.ts';

function gradeOf(verdict: GradeVerdict): Grade {
  return { student: 'ada', kata: '03-three-fetches', verdict } as Grade;
}

function graded(verdicts: readonly GradeVerdict[], rest: Partial<GradedClass> = {}): GradedClass {
  const student = { id: 'ada', name: null, email: null, problems: [] };
  return {
    report: {
      schema: 'event-loop-katas/class-report/v1',
      gradedAt: '',
      katas: [],
      students: [
        { ...student, source: 'ada', submittedAt: '2026-03-02T00:00:00.000Z', late: true },
        { ...student, source: 'bob', submittedAt: null, late: false },
        { ...student, source: null, submittedAt: null, late: false },
      ],
      grades: verdicts.map(gradeOf),
    },
    problems: [],
    changes: null,
    judged: 1,
    wentOn: false,
    ...rest,
  };
}

function text(class_: GradedClass, options: { due?: Date; regrade?: boolean } = {}): string {
  return describeGraded(class_, { due: null, regrade: false, ...options }).join('\n');
}

test('it tells how many answers were judged, and what is to be tried again', () => {
  const told = text(graded(['pass', 'missing', 'inconclusive']));

  expect(told).toContain(' 2 answers, of which 1 were judged now');
  expect(told).toContain(
    ' 1 could not be judged and have no points yet. Try again: --rerun-unknown',
  );
});

test('it tells who is late, and of how many that is not known', () => {
  expect(text(graded([]), { due: new Date('2026-03-01T18:00:00Z') })).toContain(
    ' Due 2026-03-01T18:00:00.000Z: 1 late. Of 1 it is not known when they handed in.',
  );
});

test('problems of the class are told without what a terminal would obey', () => {
  expect(text(graded([], { problems: ['\u001B[2Jx.zip cannot be read'] }))).toContain(
    ' The class\n   x.zip cannot be read',
  );
});

test('a regrade tells what changed, or that nothing did', () => {
  const change = {
    student: 'ada',
    kata: '03-three-fetches',
    before: { verdict: 'fail', passedTests: 2, allTests: 8 },
    after: { verdict: 'timeout', passedTests: 0, allTests: 8 },
  } as const;

  expect(text(graded([], { changes: [change] }), { regrade: true })).toContain(
    '   ada  03  fail 2/8 -> timeout',
  );
  expect(text(graded([], { changes: [], wentOn: true }), { regrade: true })).toMatch(
    /went on where an earlier one was cut off\.\n Nothing changed since the last report\./,
  );
  expect(text(graded([]), { regrade: true })).toContain('There is no earlier report');
});
