import * as v from 'valibot';
import type { Judgement } from '../grade-parts.ts';
import { judgementFields, mostPassed, passedAreTests, spanFields } from '../judgement-schema.ts';

const judgement = v.pipe(
  v.object(judgementFields(v.looseObject(spanFields))),
  v.check((counts) => passedAreTests(counts), mostPassed),
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
