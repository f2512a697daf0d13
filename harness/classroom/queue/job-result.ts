import * as v from 'valibot';
import type { Judgement } from '../grade-parts.ts';
import { gradeVerdicts } from '../grade-report.ts';

const whole = v.pipe(v.number(), v.integer(), v.minValue(0));
const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
const text = v.nullable(v.string());

const span = v.looseObject({
  label: v.string(),
  kind: v.picklist(['request', 'timer', 'task', 'stall']),
  start: v.number(),
  end: v.nullable(v.number()),
  outcome: v.picklist(['open', 'done', 'failed', 'cancelled']),
  where: v.nullable(v.looseObject({ file: v.string(), line: v.number() })),
});

const test = v.object({
  name: v.string(),
  verdict: v.picklist(['pass', 'fail', 'inconclusive', 'skipped']),
  failure: v.nullable(
    v.object({
      kind: v.string(),
      message: v.string(),
      location: v.nullable(v.object({ file: v.string(), line: v.number() })),
      advice: text,
      diff: text,
    }),
  ),
  spans: v.array(span),
  virtual: v.boolean(),
  virtualMs: amount,
});

const judgement = v.pipe(
  v.object({
    verdict: v.picklist(gradeVerdicts),
    reason: text,
    passedTests: whole,
    tests: v.array(test),
    allTests: whole,
    judgedMs: amount,
  }),
  v.check(
    ({ passedTests, allTests }) => passedTests <= allTests,
    'Expected no more passed tests than the kata has',
  ),
);

const resultSchema = v.variant('kind', [
  v.object({ kind: v.literal('answer'), kata: v.string(), judgement }),
  v.object({ kind: v.literal('tests'), kata: v.string(), names: v.array(v.string()) }),
]);

/** What a worker gives back for a job. */
export type JobResult =
  | { readonly kind: 'answer'; readonly kata: string; readonly judgement: Judgement }
  | { readonly kind: 'tests'; readonly kata: string; readonly names: readonly string[] };

/**
 * Reads what came back for a job of a kind and a kata.
 *
 * @throws Error which names the first place that is not as it has to be.
 */
export function readJobResult<Kind extends JobResult['kind']>(
  value: unknown,
  { kind, kata }: { readonly kind: Kind; readonly kata: string },
): Extract<JobResult, { kind: Kind }> {
  const read = v.safeParse(resultSchema, value);
  if (!read.success) {
    const [issue] = read.issues;
    throw new Error(
      `Expected the result of a job, got another at "${v.getDotPath(issue) ?? ''}": ${issue.message}.`,
    );
  }
  if (read.output.kind !== kind || read.output.kata !== kata) {
    throw new Error(
      `Expected a result for ${kind} of ${kata}, got one for ${read.output.kind} of ${read.output.kata}.`,
    );
  }
  // A failure's kind is told, never acted on.
  return read.output as unknown as Extract<JobResult, { kind: Kind }>;
}
