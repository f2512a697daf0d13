import { random } from '../world/random.ts';
import { runGrade, type GradeRun } from './run-grade.ts';

export interface KillCounts {
  readonly kills: number;
  /** Kills of runs that still had answers to judge. */
  readonly whileJudging: number;
}

export interface KillOptions {
  readonly kills: number;
  /** Of the moments. */
  readonly seed: number;
  /** How long a run takes that nothing disturbs, and one that has nothing left to judge, in milliseconds. */
  readonly firstMs: number;
  readonly secondMs: number;
  readonly onProgress: (text: string) => void;
}

/**
 * Starts the grader again and again, and ends it with SIGKILL at random moments, so that all of them together reach about the middle of its work.
 * Where the work was done before the last kill, the others hit runs that have nothing left to judge.
 */
export async function killOften(run: GradeRun, options: KillOptions): Promise<KillCounts> {
  const { firstMs, secondMs, onProgress } = options;
  const numbers = random(options.seed);
  let [kills, whileJudging, misses] = [0, 0, 0];
  // A run that ends before it is killed is no kill; on a machine that got much faster there could be many.
  while (kills < options.kills && misses < options.kills + 20) {
    const isDone = misses > 0;
    const mostMs = isDone ? secondMs : secondMs + firstMs / (options.kills + 1);
    const { killed } = await runGrade({ ...run, killAfterMs: numbers.next() * mostMs });
    if (!killed) {
      misses += 1;
      continue;
    }
    kills += 1;
    if (!isDone) whileJudging += 1;
    onProgress(`killed ${kills} of ${options.kills} times`);
  }
  return { kills, whileJudging };
}
