import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ClassReport } from '../classroom/grade-report.ts';

const program = fileURLToPath(new URL('../cli/main.js', import.meta.url));

export interface GradeRun {
  readonly directory: string;
  readonly out: string;
  /** Ids of katas. */
  readonly katas: readonly string[];
  readonly jobs?: number;
  /** Ends the process with SIGKILL so long after its start; by default it ends by itself. */
  readonly killAfterMs?: number;
  /** Told how many answers are graded, as the command tells it. */
  readonly onProgress?: (text: string) => void;
}

export interface GradeEnd {
  readonly killed: boolean;
  /** Of the whole process. */
  readonly realMs: number;
  /** Answers that it judged, as its last lines say; null where it was killed. */
  readonly judged: number | null;
}

/**
 * Runs the command `grade` in a process of its own.
 *
 * @throws {Error} where it ends by itself with another code than 0.
 */
export async function runGrade(run: GradeRun): Promise<GradeEnd> {
  const { directory, out, katas, jobs, killAfterMs, onProgress } = run;
  const words = ['grade', directory, '--out', out, '--katas', katas.join(','), '--format', 'json'];
  if (jobs !== undefined) words.push('--jobs', String(jobs));
  const { KATAS_FROM: _, ...environment } = process.env;
  const began = performance.now();
  const child = spawn(process.execPath, [program, ...words], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...environment, NO_COLOR: '1' },
  });
  let [told, complaint] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (told += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
    onProgress?.(text.trim());
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  const kill = killAfterMs !== undefined && setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  const code = await ended;
  if (kill) clearTimeout(kill);

  const realMs = performance.now() - began;
  if (code === null) return { killed: true, realMs, judged: null };
  if (code !== 0) throw new Error(`Expected grade to end with 0, got ${code}: ${complaint}`);
  const judged = /of which (?<count>\d+) were judged now/.exec(told)?.groups?.['count'];
  return { killed: false, realMs, judged: Number(judged) };
}

/** The report that a run left in its folder. */
export function readReport(out: string): ClassReport {
  return JSON.parse(readFileSync(path.join(out, 'report.json'), 'utf8')) as ClassReport;
}
