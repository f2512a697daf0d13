import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { restsOnCounts } from '../catalog/kata.ts';
import type { Kata } from '../catalog/kata.ts';
import type { ClassReport, Grade } from '../classroom/grade-report.ts';
import { projectRoot } from '../trace/source-location.ts';
import { random } from '../world/random.ts';
import { makeClass, type MadeAnswer } from './make-class.ts';
import { readReport, runGrade } from './run-grade.ts';

/** Verdicts a minute, one after another, on the same answers. */
export interface Throughput {
  /** Answers that the grader judged, in the sandbox. */
  readonly graded: number;
  readonly gradedPerMinute: number;
  /** Answers that a `vitest run` of their own judged, too. */
  readonly sampled: number;
  readonly vitestPerMinute: number;
  /** What the grader makes of these alone: they may be quicker or slower than all are. */
  readonly sampleGradedPerMinute: number;
  /** `sampleGradedPerMinute / vitestPerMinute`; at least 5 is promised. */
  readonly ratio: number;
}

export interface ThroughputOptions {
  readonly katas: readonly Kata[];
  readonly students: number;
  readonly sample: number;
  readonly seed: number;
  /** Where the class is made. */
  readonly place: string;
  readonly onProgress: (text: string) => void;
}

/**
 * Grades a class by the command, with one job, and judges some of its answers by one fresh `vitest run` each, half of them before and half of
 * them after: so both meet the same machine. A sample speaks for all where it holds as many answers to each kata. None of these answers is hostile, as Vitest runs them without a sandbox.
 */
export async function measureThroughput(options: ThroughputOptions): Promise<Throughput | null> {
  const { students, seed, sample, place, onProgress } = options;
  const katas = options.katas.filter(restsOnCounts);
  if (katas.length === 0) return null;
  const directory = path.join(place, 'class');
  const answers = makeClass(directory, { students, katas, seed, mixed: false });
  const specs = new Map(katas.map(({ id, spec }) => [id, spec]));
  const sampled = inTurns(random(seed).shuffle(answers)).slice(0, sample);
  const judgeAll = async (some: readonly MadeAnswer[]): Promise<number> => {
    let realMs = 0;
    for (const { student, kata } of some) {
      realMs += await vitestRunMs(specs.get(kata)!, path.join(directory, student));
      onProgress('a vitest run for each answer');
    }
    return realMs;
  };

  const half = Math.ceil(sampled.length / 2);
  const before = await judgeAll(sampled.slice(0, half));
  const out = path.join(place, 'grades');
  const { realMs, judged } = await runGrade({
    directory,
    out,
    katas: katas.map(({ id }) => id),
    jobs: 1,
    onProgress: (text) => onProgress(`throughput: ${text}`),
  });
  const vitestMs = before + (await judgeAll(sampled.slice(half)));

  const graded = judged!;
  const sampleMs = sampled.length * gradeMsOf(sampled, readReport(out), realMs, graded);
  return {
    graded,
    gradedPerMinute: (graded / realMs) * 60_000,
    sampled: sampled.length,
    vitestPerMinute: (sampled.length / vitestMs) * 60_000,
    sampleGradedPerMinute: (sampled.length / sampleMs) * 60_000,
    ratio: vitestMs / sampleMs,
  };
}

/** Milliseconds for each of the sampled answers: what judging them took, and their share of all that the run did besides. */
function gradeMsOf(
  sampled: readonly MadeAnswer[],
  { grades }: ClassReport,
  realMs: number,
  graded: number,
): number {
  const takenMs = (some: readonly Grade[]): number =>
    some.reduce((sum, { judgedMs }) => sum + judgedMs, 0);
  const own = sampled.map(({ student, kata }) =>
    grades.find((grade) => grade.student === student && grade.kata === kata)!,
  );
  // Copies were judged once, and stand there twice.
  const all = new Map(grades.map((grade) => [`${grade.kata} ${grade.submission}`, grade]));
  return takenMs(own) / own.length + (realMs - takenMs([...all.values()])) / graded;
}

/** One answer to each kata, then a second one to each: katas take from a tenth of a second to several, and each has to have its share. */
function inTurns(answers: readonly MadeAnswer[]): MadeAnswer[] {
  const byKata = [...Map.groupBy(answers, ({ kata }) => kata).values()];
  return answers.flatMap((_, turn) => byKata.flatMap((own) => own[turn] ?? []));
}

/** Red or green, it is a verdict. */
async function vitestRunMs(spec: string, from: string): Promise<number> {
  const vitest = path.join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs');
  const began = performance.now();
  const child = spawn(process.execPath, [vitest, 'run', path.relative(projectRoot, spec)], {
    cwd: projectRoot,
    env: { ...process.env, KATAS_FROM: from, CI: '' },
    stdio: 'ignore',
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0 && code !== 1) throw new Error(`Expected a vitest run to end, got ${code}.`);
  return performance.now() - began;
}
