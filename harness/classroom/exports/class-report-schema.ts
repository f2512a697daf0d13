import * as v from 'valibot';
import type { ClassReport } from '../grade-report.ts';
import {
  amount,
  judgementFields,
  mostPassed,
  nullableText,
  passedAreTests,
  spanFields,
} from '../judgement-schema.ts';

const instant = v.pipe(v.string(), v.isoTimestamp());

const grade = v.pipe(
  v.object({
    student: v.string(),
    kata: v.string(),
    ...judgementFields(v.object(spanFields)),
    seed: v.string(),
    submission: v.string(),
    harness: v.string(),
  }),
  v.check((counts) => passedAreTests(counts), mostPassed),
);

const student = v.object({
  id: v.pipe(v.string(), v.nonEmpty()),
  name: nullableText,
  email: nullableText,
  source: nullableText,
  submittedAt: v.nullable(instant),
  late: v.boolean(),
  problems: v.array(v.string()),
});

const kata = v.object({
  id: v.pipe(v.string(), v.nonEmpty()),
  title: v.string(),
  weight: amount,
  tests: v.array(v.string()),
});

/** What `report.json` holds. A field that is added stays optional within `v1`; anything else is a new version. */
export const classReportSchema = v.pipe(
  v.object({
    schema: v.literal('event-loop-katas/class-report/v1'),
    gradedAt: instant,
    katas: v.array(kata),
    students: v.array(student),
    grades: v.array(grade),
  }),
  v.check(({ katas }) => areUnique(katas.map(({ id }) => id)), 'Expected each kata once'),
  v.check(({ students }) => areUnique(students.map(({ id }) => id)), 'Expected each student once'),
  v.check(
    ({ grades }) => areUnique(grades.map((one) => JSON.stringify([one.student, one.kata]))),
    'Expected one grade for each student and kata',
  ),
  v.check(({ grades, students }) => {
    const ids = new Set(students.map(({ id }) => id));
    return grades.every((one) => ids.has(one.student));
  }, 'Expected grades of students of the class only'),
  v.check(({ grades, katas }) => {
    const ids = new Set(katas.map(({ id }) => id));
    return grades.every((one) => ids.has(one.kata));
  }, 'Expected grades of the katas of the report only'),
);

/**
 * Reads a `report.json`.
 *
 * @throws Error which names the first place that is not as the schema says.
 */
export function readClassReport(text: string): ClassReport {
  const result = v.safeParse(classReportSchema, parseJson(text));
  // A failure's kind is told, never acted on: a report of a newer harness with another kind is still read.
  if (result.success) return result.output as ClassReport;
  const [issue] = result.issues;
  const where = v.getDotPath(issue);
  throw new Error(
    `Expected a class report (event-loop-katas/class-report/v1)${where === null ? '' : ` at ${where}`}: ${issue.message}. Grade the class again to write a new one.`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error('Expected a class report, got text that is no JSON. Was the file cut?', {
      cause: error,
    });
  }
}

function areUnique(ids: readonly string[]): boolean {
  return new Set(ids).size === ids.length;
}
