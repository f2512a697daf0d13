import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import type { Kata } from '../catalog/kata.ts';
import { projectRoot } from '../trace/source-location.ts';
import { random } from '../world/random.ts';
import { makeClass, type MadeAnswer } from './make-class.ts';
import { runGrade } from './run-grade.ts';

/** Verdicts a minute, one after another, on the same answers. */
export interface Throughput {
  /** Answers that the grader judged, in the sandbox. */
  readonly graded: number;
  readonly gradedPerMinute: number;
  /** Answers that a `vitest run` of their own judged. */
  readonly sampled: number;
  readonly sampledPerMinute: number;
  /** `gradedPerMinute / sampledPerMinute`; at least 5 is promised. */
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

/** The katas whose specs rest on counts and virtual time alone: what a verdict takes there is not given by real time. */
export function countedKatas(katas: readonly Kata[]): Kata[] {
  return katas.filter(({ evidence }) => evidence.every((one) => one === 'C' || one === 'V'));
}

/**
 * Grades a class by the command, with one job, and judges some of its answers by one fresh `vitest run` each, half of them before and half of
 * them after: so both meet the same machine. None of these answers is hostile, as Vitest runs them without a sandbox.
 */
export async function measureThroughput(options: ThroughputOptions): Promise<Throughput | null> {
  const { students, seed, sample, place, onProgress } = options;
  const katas = countedKatas(options.katas);
  if (katas.length === 0) return null;
  const directory = path.join(place, 'class');
  const answers = makeClass(directory, { students, katas, seed, mixed: false });
  const specs = new Map(katas.map(({ id, spec }) => [id, spec]));
  const sampled = random(seed).shuffle(answers).slice(0, sample);
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
  const { realMs, judged } = await runGrade({
    directory,
    out: path.join(place, 'grades'),
    katas: katas.map(({ id }) => id),
    jobs: 1,
    onProgress: (text) => onProgress(`throughput: ${text}`),
  });
  const sampledMs = before + (await judgeAll(sampled.slice(half)));

  const gradedPerMinute = (judged! / realMs) * 60_000;
  const sampledPerMinute = (sampled.length / sampledMs) * 60_000;
  return {
    graded: judged!,
    gradedPerMinute,
    sampled: sampled.length,
    sampledPerMinute,
    ratio: gradedPerMinute / sampledPerMinute,
  };
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
