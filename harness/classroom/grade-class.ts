import type { Kata } from '../catalog/kata.ts';
import { messageOf } from '../catalog/message-of.ts';
import { changesBetween, type GradeChange } from './grade-changes.ts';
import type { AnswerFiles, AnswerJudge, GradeParts } from './grade-parts.ts';
import type { ClassReport, Grade, Submission } from './grade-report.ts';
import { judgeJobs, mostAttempts, type Job } from './judge-jobs.ts';
import { submissionHash } from './store/submission-hash.ts';
import type { StoredGrade, VerdictKey, VerdictStore } from './store/verdict-store.ts';

export interface GradeOptions {
  readonly katas: readonly Kata[];
  readonly parts: GradeParts;
  readonly store: VerdictStore;
  /** Points of a kata by its id; 1 where nothing is said. */
  readonly weights?: ReadonlyMap<string, number>;
  /** After it, a submission is late. */
  readonly due?: Date | null;
  /** How many students are judged at the same time; default 1. */
  readonly jobs?: number;
  /** Judges everything anew, whatever the store knows. A regrade that was cut off goes on. */
  readonly regrade?: boolean;
  /** Tries again what an earlier run could not judge. */
  readonly rerunUnknown?: boolean;
  /** From which the inputs come, instead of the store's own. */
  readonly seed?: string;
  /** At the start, and after each answer that is done with. */
  readonly onProgress?: (progress: GradeProgress) => void;
  /** When all answers are done with, and the tests of so many katas have to be asked for, of which none was judged. */
  readonly onTests?: (katas: number) => void;
  /** Ends the run: what was judged by then is kept, and the next run goes on. */
  readonly signal?: AbortSignal;
}

export interface GradeProgress {
  /** Answers whose grade is final, of all that the class has: one for each student and kata. */
  readonly done: number;
  readonly all: number;
  /** Answers that this run has judged, and those that it has yet to. Two students with the same answer count as one. */
  readonly judged: number;
  readonly left: number;
  /** The grade that came last; null at the start, when all those come at once that were known. */
  readonly latest: Grade | null;
}

export interface GradedClass {
  readonly report: ClassReport;
  /** What concerns the class as a whole, as sentences. */
  readonly problems: readonly string[];
  /** Students and katas that stand otherwise than in the last report; null where there was none. */
  readonly changes: readonly GradeChange[] | null;
  /** Answers that this run judged; the others were known. */
  readonly judged: number;
  /** Whether it was a regrade that went on where an earlier one was cut off. */
  readonly wentOn: boolean;
}

/** A class with what it handed in, which no report holds. */
export interface GradedAnswers extends GradedClass {
  readonly submissions: readonly Submission[];
}

/**
 * Grades a class, student by student: takes from the store what is known, refuses by the policy, judges the rest, and keeps each verdict as
 * soon as it is there. A process that ends at any moment in between loses no verdict that it had, and the next run judges none of them again.
 *
 * Once the report is written, `store.remember` says so.
 *
 * @throws what `parts.readClass` and `parts.openJudge` throw, and the signal's reason once that is aborted.
 */
export async function gradeClass(options: GradeOptions): Promise<GradedAnswers> {
  const { katas, parts, store } = options;
  const { submissions, problems } = await parts.readClass();
  const { since, goesOn } = options.regrade ? store.beginRegrade() : { since: 0, goesOn: false };

  const grades = new Map<string, Grade>();
  const jobs = new Map<string, Job>();
  for (const { student, answers } of submissions) {
    for (const kata of katas) {
      const files = answers.get(kata.id) ?? new Map<string, Uint8Array>();
      const key = {
        submission: submissionHash(files),
        kata: kata.id,
        harness: parts.harnessOf(kata),
      };
      const job = jobs.get(nameOf(key));
      if (job) job.students.push(student.id);
      else {
        const known = files.has(kata.files[0]!) ? knownGrade(key, since, options) : missing(key);
        if (known !== null) grades.set(cellOf(student.id, kata.id), gradeOf(student.id, known));
        else jobs.set(nameOf(key), jobOf(key, kata, files, student.id, since, store));
      }
    }
  }

  const tests = new Map<string, readonly string[]>();
  const all = submissions.length * katas.length;
  await using judge = openedWhenNeeded(parts);
  await judgeAll([...jobs.values()], judge, { options, grades, all });
  const ran = new Set([...jobs.values()].map(({ kata }) => kata.id));
  const untold = await tellTests(options, judge, ran, tests);
  const report = reportOf(options, submissions, tests, grades);
  const before = store.lastReported();
  return {
    report,
    problems: [...problems, ...untold],
    changes: before.length === 0 ? null : changesBetween(before, report.grades),
    judged: jobs.size,
    wentOn: goesOn,
    submissions,
  };
}

function knownGrade(
  key: VerdictKey,
  since: number,
  { store, rerunUnknown }: GradeOptions,
): StoredGrade | null {
  if (rerunUnknown) store.forgetUnknown(key);
  const tried = store.unknown(key, since);
  const gaveUp = tried !== null && tried.attempts >= mostAttempts ? tried.grade : null;
  return store.get(key, since) ?? gaveUp;
}

function jobOf(
  key: VerdictKey,
  kata: Kata,
  files: AnswerFiles,
  student: string,
  since: number,
  store: VerdictStore,
): Job {
  const attempts = store.unknown(key, since)?.attempts ?? 0;
  return { key, kata, files, students: [student], attempts };
}

function missing({ kata, submission, harness }: VerdictKey): StoredGrade {
  return {
    kata,
    verdict: 'missing',
    reason: null,
    passedTests: 0,
    tests: [],
    allTests: 0,
    seed: '',
    submission,
    harness,
    judgedMs: 0,
  };
}

interface LazyJudge extends AsyncDisposable {
  open(): Promise<AnswerJudge>;
}

/** A class of which everything is known needs no sandbox, and no time to make one. */
function openedWhenNeeded(parts: GradeParts): LazyJudge {
  let judge: Promise<AnswerJudge> | null = null;
  return {
    open: () => (judge ??= parts.openJudge()),
    async [Symbol.asyncDispose]() {
      const opened = await judge?.catch(() => null);
      await opened?.close();
    },
  };
}

async function judgeAll(
  jobs: readonly Job[],
  judge: LazyJudge,
  { options, grades, all }: { options: GradeOptions; grades: Map<string, Grade>; all: number },
): Promise<void> {
  let left = jobs.length;
  const tell = (latest: Grade | null): void =>
    options.onProgress?.({ done: grades.size, all, judged: jobs.length - left, left, latest });
  options.signal?.throwIfAborted();
  tell(null);
  if (jobs.length === 0) return;
  await judgeJobs(jobs, {
    ...options,
    judge: await judge.open(),
    onGrade({ students, kata }, grade) {
      left -= 1;
      const own = students.map((student) => gradeOf(student, grade));
      for (const one of own) grades.set(cellOf(one.student, kata.id), one);
      tell(own[0]!);
    },
  });
}

/**
 * Asks for the tests of each kata, once for a harness. Asked for at the end, they are known already to a judge that has judged the kata.
 *
 * @returns what could not be told, as sentences.
 */
async function tellTests(
  { katas, parts, store, onTests }: GradeOptions,
  judge: LazyJudge,
  ran: ReadonlySet<string>,
  tests: Map<string, readonly string[]>,
): Promise<string[]> {
  const problems: string[] = [];
  const asked = katas.filter(
    (kata) => !ran.has(kata.id) && store.tests(kata.id, parts.harnessOf(kata)) === null,
  );
  if (asked.length > 0) onTests?.(asked.length);
  for (const kata of katas) {
    const harness = parts.harnessOf(kata);
    const known = store.tests(kata.id, harness);
    if (known !== null) {
      tests.set(kata.id, known);
      continue;
    }
    try {
      const names = await (await judge.open()).testsOf(kata);
      store.putTests(kata.id, harness, names);
      tests.set(kata.id, names);
    } catch (error) {
      tests.set(kata.id, []);
      problems.push(`The tests of ${kata.id} could not be told: ${messageOf(error)}`);
    }
  }
  return problems;
}

function reportOf(
  { katas, weights, due }: GradeOptions,
  submissions: readonly Submission[],
  tests: ReadonlyMap<string, readonly string[]>,
  grades: ReadonlyMap<string, Grade>,
): ClassReport {
  return {
    schema: 'event-loop-katas/class-report/v1',
    gradedAt: new Date().toISOString(),
    katas: katas.map(({ id, title }) => ({
      id,
      title,
      weight: weights?.get(id) ?? 1,
      tests: tests.get(id)!,
    })),
    students: submissions.map(({ student, source, submittedAt, problems }) => ({
      id: student.id,
      name: student.name,
      email: student.email,
      // Somebody on the roster who handed in nothing.
      source: source === '' ? null : source,
      submittedAt: submittedAt?.toISOString() ?? null,
      late: due != null && submittedAt !== null && submittedAt > due,
      problems,
    })),
    grades: submissions.flatMap(({ student }) =>
      katas.map(({ id }) => {
        const grade = grades.get(cellOf(student.id, id))!;
        // An answer that was never run did not tell how many tests there are.
        return { ...grade, allTests: tests.get(id)!.length || grade.allTests };
      }),
    ),
  };
}

/** In one order of fields, wherever it comes from: the same report is the same bytes. */
function gradeOf(student: string, grade: StoredGrade): Grade {
  const { kata, verdict, reason, passedTests, tests, allTests } = grade;
  const { seed, submission, harness, judgedMs } = grade;
  return {
    student,
    kata,
    verdict,
    reason,
    passedTests,
    tests,
    allTests,
    seed,
    submission,
    harness,
    judgedMs,
  };
}

function nameOf({ submission, kata, harness }: VerdictKey): string {
  return `${submission} ${kata} ${harness}`;
}

function cellOf(student: string, kata: string): string {
  return JSON.stringify([student, kata]);
}
