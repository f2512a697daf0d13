import * as v from 'valibot';
import { gradeVerdicts } from './grade-report.ts';

const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
export const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
export const nullableText = v.nullable(v.string());

/** What every span has: a report holds no more of it, the result of a job all of it. */
export const spanFields = {
  label: v.string(),
  kind: v.picklist(['request', 'timer', 'task', 'stall']),
  start: v.number(),
  end: v.nullable(v.number()),
  outcome: v.picklist(['open', 'done', 'failed', 'cancelled']),
  where: v.nullable(v.looseObject({ file: v.string(), line: v.number() })),
};

const failure = v.object({
  kind: v.string(),
  message: v.string(),
  location: v.nullable(v.object({ file: v.string(), line: v.number() })),
  advice: nullableText,
  diff: nullableText,
});

/** The fields that say what came of one answer, with the spans of its tests as `span` reads them. */
export function judgementFields<Span extends v.GenericSchema>(span: Span) {
  const test = v.object({
    name: v.string(),
    verdict: v.picklist(['pass', 'fail', 'inconclusive', 'skipped']),
    failure: v.nullable(failure),
    spans: v.array(span),
    virtual: v.boolean(),
    virtualMs: amount,
  });
  return {
    verdict: v.picklist(gradeVerdicts),
    reason: nullableText,
    passedTests: whole,
    tests: v.array(test),
    allTests: whole,
    judgedMs: amount,
  };
}

export const mostPassed = 'Expected no more passed tests than the kata has';

export function passedAreTests(counts: {
  readonly passedTests: number;
  readonly allTests: number;
}): boolean {
  return counts.passedTests <= counts.allTests;
}
