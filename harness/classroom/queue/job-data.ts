import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { Kata } from '../../catalog/kata.ts';
import type { AnswerFiles } from '../grade-parts.ts';
import { submissionHash } from '../store/submission-hash.ts';

/** What the files of one answer may have together: kata-sized ones stay far below, and a Redis server keeps all jobs in memory. */
export const mostAnswerBytes = 1_000_000;

/** How often a job is begun, before it is given up: it may be one that ends whoever takes it. */
export const mostTries = 5;

const hash = v.pipe(v.string(), v.minLength(1), v.maxLength(200));

const answerJob = v.object({
  kind: v.literal('answer'),
  kata: v.string(),
  harness: hash,
  seed: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 32 - 1)),
  /** Base64, by the names that the kata gives. */
  files: v.record(v.string(), v.pipe(v.string(), v.base64())),
});

const testsJob = v.object({ kind: v.literal('tests'), kata: v.string(), harness: hash });

/** What a job says: judge this answer, or tell the names of this kata's tests. */
export const jobSchema = v.variant('kind', [answerJob, testsJob]);
export type JobData = v.InferOutput<typeof jobSchema>;

export function answerData(
  kata: Kata,
  files: AnswerFiles,
  { harness, seed }: { readonly harness: string; readonly seed: number },
): JobData {
  const texts = [...files].map(([name, content]) => [
    name,
    Buffer.from(content).toString('base64'),
  ]);
  return { kind: 'answer', kata: kata.id, harness, seed, files: Object.fromEntries(texts) };
}

export function filesOf({ files }: v.InferOutput<typeof answerJob>): AnswerFiles {
  return new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text, 'base64')]));
}

/**
 * The name of a job: the same answer to the same kata, by the same harness and with the same inputs, is one job, however often it is put on the queue.
 * The seed is part of it because a regrade draws another one: it must not be served the result of the time before.
 */
export function jobIdOf(data: JobData): string {
  const parts =
    data.kind === 'answer' ? [submissionHash(filesOf(data)), String(data.seed)] : ['', ''];
  const text = JSON.stringify([data.kind, data.kata, data.harness, ...parts]);
  return `${data.kind}-${createHash('sha256').update(text).digest('hex').slice(0, 40)}`;
}
