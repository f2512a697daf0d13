import { createHash } from 'node:crypto';
import type { Kata } from '../catalog/kata.ts';
import { messageOf } from '../catalog/message-of.ts';
import type {
  AnswerDesk,
  AnswerFiles,
  AnswerJudge,
  GradeParts,
  Judgement,
  PolicyRefusal,
} from './grade-parts.ts';
import { unknownVerdicts, type GradeVerdict } from './grade-report.ts';
import { leavesNothing } from './policy/leaves-nothing.ts';
import type { StoredGrade, VerdictKey, VerdictStore } from './store/verdict-store.ts';

/** How often an answer is given to the judge, before a run leaves it unknown. The judge itself tries more than once each time. */
export const mostAttempts = 2;

/** One answer that is to be judged, and everybody who handed it in. */
export interface Job {
  readonly key: VerdictKey;
  readonly kata: Kata;
  readonly files: AnswerFiles;
  readonly students: string[];
  /** How often it was tried in vain. */
  attempts: number;
}

export interface JudgeJobsOptions {
  readonly judge: AnswerJudge;
  readonly parts: Pick<GradeParts, 'checkPolicy'>;
  readonly store: VerdictStore;
  readonly jobs?: number;
  readonly seed?: string;
  readonly signal?: AbortSignal;
  /** A grade that is final in this run, and kept by now. */
  readonly onGrade: (job: Job, grade: StoredGrade) => void;
}

/**
 * Judges answers, those of one student at one desk, and keeps what comes of each before anything else is done. What could not be judged waits
 * until all others are: by then the machine may have calmed down.
 *
 * @throws the signal's reason as soon as it is aborted, without waiting for the answers under way; nothing is kept of these.
 */
export async function judgeJobs(jobs: readonly Job[], options: JudgeJobsOptions): Promise<void> {
  const { signal } = options;
  const aborted = Promise.withResolvers<never>();
  aborted.promise.catch(() => {});
  const onAbort = (): void => aborted.reject(signal?.reason);
  signal?.addEventListener('abort', onAbort);
  try {
    for (let waiting = jobs; waiting.length > 0;) {
      signal?.throwIfAborted();
      const again: Job[] = [];
      const byStudent = [...Map.groupBy(waiting, ({ students }) => students[0]!).values()];
      const judging = inSlots(byStudent, options.jobs ?? 1, (own) =>
        judgeStudent(own, again, options),
      );
      await Promise.race([judging, aborted.promise]);
      waiting = again;
    }
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

async function judgeStudent(
  jobs: readonly Job[],
  again: Job[],
  options: JudgeJobsOptions,
): Promise<void> {
  using desk = await options.judge.takeDesk(jobs.map(({ kata }) => kata));
  const inspected = inspect(harmlessFirst(jobs), options);
  for (let next = await inspected.next(); !next.done;) {
    const { job, refusals } = next.value;
    options.signal?.throwIfAborted();
    // Looked at while this one is judged, which another process does.
    const ahead = inspected.next();
    const grade = await judgeOne(job, refusals, desk, options);
    if (unknownVerdicts.has(grade.verdict) && job.attempts < mostAttempts) again.push(job);
    else options.onGrade(job, grade);
    next = await ahead;
  }
}

/** Those after which a red answer need not be judged twice come first. */
async function* harmlessFirst(jobs: readonly Job[]): AsyncGenerator<Job, undefined> {
  const others: Job[] = [];
  for (const job of jobs) {
    if (await leavesNothing(job.files)) yield job;
    else others.push(job);
  }
  yield* others;
}

/** What the policy says of an answer, or a sentence that says why it could not. */
type Inspection = readonly PolicyRefusal[] | string;

/** Asks the policy about one job after another, each when it is asked for. Does not reject. */
async function* inspect(
  jobs: AsyncIterable<Job>,
  { parts }: Pick<JudgeJobsOptions, 'parts'>,
): AsyncGenerator<{ job: Job; refusals: Inspection }, undefined> {
  for await (const job of jobs) {
    yield { job, refusals: await inspection(job, parts) };
  }
}

async function inspection(
  { kata, files }: Job,
  parts: JudgeJobsOptions['parts'],
): Promise<Inspection> {
  try {
    return await parts.checkPolicy(kata, files);
  } catch (error) {
    return `The grader failed: ${messageOf(error)}`;
  }
}

async function judgeOne(
  job: Job,
  refusals: Inspection,
  desk: AnswerDesk,
  options: JudgeJobsOptions,
): Promise<StoredGrade> {
  const { key, kata } = job;
  const { store, signal } = options;
  const seed = seedOf(`${options.seed ?? store.seed}:${store.round}`, key);
  const judgement = await judgementOn(job, refusals, desk, seed);
  // A judge that was closed under the answer says nothing about it.
  signal?.throwIfAborted();
  const { verdict, reason, passedTests, tests, allTests, judgedMs } = judgement;
  const grade: StoredGrade = {
    kata: kata.id,
    verdict,
    reason,
    passedTests,
    tests,
    allTests,
    seed: String(seed),
    submission: key.submission,
    harness: key.harness,
    judgedMs,
  };
  job.attempts += 1;
  if (unknownVerdicts.has(verdict)) store.putUnknown(key, grade, job.attempts);
  else store.put(key, grade);
  // As the store gives it back: a report does not tell what was known before from what is new.
  return JSON.parse(JSON.stringify(grade)) as StoredGrade;
}

async function judgementOn(
  { kata, files }: Job,
  refusals: Inspection,
  desk: AnswerDesk,
  seed: number,
): Promise<Judgement> {
  if (typeof refusals === 'string') return notRun('infrastructure', refusals);
  if (refusals.length > 0) return notRun('refused', reasonOf(refusals));
  try {
    return await desk.judge(kata, files, { seed });
  } catch (error) {
    return notRun('infrastructure', `The grader failed: ${messageOf(error)}`);
  }
}

function notRun(verdict: GradeVerdict, reason: string): Judgement {
  return { verdict, reason, passedTests: 0, tests: [], allTests: 0, judgedMs: 0 };
}

function reasonOf(refusals: readonly PolicyRefusal[]): string {
  const shown = refusals.slice(0, 3).map(({ file, line, reason }) => `${file}:${line} ${reason}`);
  const more = refusals.length - shown.length;
  return [...shown, ...(more > 0 ? [`… and ${more} more.`] : [])].join(' ');
}

/** Another one for each answer, and the same whenever a run goes on: nobody can know it beforehand. */
function seedOf(seed: string, { kata, submission }: VerdictKey): number {
  return createHash('sha256').update(`${seed}:${kata}:${submission}`).digest().readUInt32BE();
}

/** Runs `work` over all items, `slots` at a time; rejects once all that had begun have ended. */
async function inSlots<T>(
  items: readonly T[],
  slots: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const rest = items.values();
  let failed = false;
  const slot = async (): Promise<void> => {
    // The slots share the iterator: each item goes to the first that is free.
    for (let next = rest.next(); !next.done && !failed; next = rest.next()) {
      try {
        await work(next.value);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: slots }, slot));
  const bad = ends.find((end) => end.status === 'rejected');
  if (bad) throw bad.reason;
}
