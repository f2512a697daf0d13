import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { Kata } from '../catalog/kata.ts';
import { VerdictStore } from '../classroom/store/verdict-store.ts';
import { projectRoot } from '../trace/source-location.ts';
import { startBusyProcesses } from './busy-processes.ts';
import { compareGrades, differences, withoutTimes, type WrongGrade } from './compare-grades.ts';
import { killOften, type KillCounts } from './kill-often.ts';
import { makeClass, type MadeAnswer } from './make-class.ts';
import { measureThroughput, type Throughput } from './measure-throughput.ts';
import { readReport, runGrade, type GradeRun } from './run-grade.ts';
import { median } from './statistics.ts';

export interface BenchClassOptions {
  readonly katas: readonly Kata[];
  readonly students: number;
  /** How often a run is killed; 0 leaves that part out. */
  readonly kills: number;
  /** How many answers are judged by a Vitest of their own, to compare the throughput; 0 leaves that part out. */
  readonly sample: number;
  /** Of the class and its answers, and of the moments of the kills. */
  readonly seed: number;
  /** Busy processes beside all of it. */
  readonly busy: number;
  /** Students judged at the same time, but for the throughput; 0 is the command's own default. */
  readonly jobs: number;
  readonly onProgress: (text: string) => void;
}

export interface ClassFigures {
  readonly answers: number;
  /** Answers that the first run judged. */
  readonly judged: number;
  /** What was not graded as it had to be by the run that nothing disturbed. */
  readonly wrong: readonly WrongGrade[];
  readonly firstMs: number;
  /** A run over the unchanged class: the median of three. */
  readonly secondMs: number;
  readonly killed: KillFigures | null;
  readonly throughput: Throughput | null;
  /** Where class and reports are kept, since something differed; null where nothing did. */
  readonly kept: string | null;
}

export interface KillFigures extends KillCounts {
  /** Where the report differs from that of the run that nothing disturbed. */
  readonly differing: readonly string[];
  readonly wrong: readonly WrongGrade[];
}

/** Nothing that is measured here takes longer. */
const longestMs = 4 * 3_600_000;

/**
 * Grades a made class by the command `grade`, and compares each verdict with what had to come out; grades it again as it is; kills a second run
 * of it again and again, lets that go on, and compares the reports; and measures the throughput.
 */
export async function benchClass(options: BenchClassOptions): Promise<ClassFigures> {
  const { students, katas, seed, jobs, onProgress } = options;
  const place = path.join(projectRoot, '.kata', `bench-class-${process.pid}`);
  const directory = path.join(place, 'class');
  const [out, killedOut] = [path.join(place, 'undisturbed'), path.join(place, 'killed')];
  const answers = makeClass(directory, { students, katas, seed });
  makeTwins(out, killedOut);
  using _busy = startBusyProcesses(options.busy, longestMs);

  const ids = katas.map(({ id }) => id);
  const run: GradeRun = { directory, out, katas: ids, ...(jobs > 0 && { jobs }) };
  const first = await runGrade({ ...run, onProgress });
  const wrong = compareGrades(answers, readReport(out));
  const secondMs = await againMs(run);
  const killed =
    options.kills === 0
      ? null
      : await killAndCompare(run, killedOut, answers, {
          ...options,
          firstMs: first.realMs,
          secondMs,
        });
  const throughput =
    options.sample === 0
      ? null
      : await measureThroughput({ ...options, place: path.join(place, 'throughput') });

  const differs =
    wrong.length > 0 || (killed?.differing.length ?? 0) + (killed?.wrong.length ?? 0) > 0;
  if (!differs) rmSync(place, { recursive: true });
  return {
    answers: answers.length,
    judged: first.judged!,
    wrong,
    firstMs: first.realMs,
    secondMs,
    killed,
    throughput,
    kept: differs ? place : null,
  };
}

/** Two folders with the same empty store: the inputs of the answers come from its seed, and are told in the report. */
function makeTwins(one: string, other: string): void {
  for (const folder of [one, other]) mkdirSync(folder, { recursive: true });
  const file = path.join(one, 'verdicts.sqlite');
  VerdictStore.open(file).close();
  copyFileSync(file, path.join(other, 'verdicts.sqlite'));
}

async function againMs(run: GradeRun): Promise<number> {
  const taken: number[] = [];
  for (let count = 0; count < 3; count += 1) {
    const { realMs, judged } = await runGrade(run);
    if (judged !== 0) {
      throw new Error(
        `Expected a second run to judge nothing, it judged ${judged}. Where the harness was changed meanwhile, begin anew.`,
      );
    }
    taken.push(realMs);
  }
  return median(taken);
}

async function killAndCompare(
  run: GradeRun,
  out: string,
  answers: readonly MadeAnswer[],
  options: Parameters<typeof killOften>[1],
): Promise<KillFigures> {
  const counts = await killOften({ ...run, out }, options);
  await runGrade({ ...run, out, onProgress: options.onProgress });
  const [quiet, killed] = [readReport(run.out), readReport(out)];
  return {
    ...counts,
    differing: differences(withoutTimes(quiet), withoutTimes(killed)),
    wrong: compareGrades(answers, killed),
  };
}
