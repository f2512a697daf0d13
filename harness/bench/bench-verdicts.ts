import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { kataIds, readKata } from '../catalog/kata.ts';
import { catalogFolders } from '../catalog/lint-catalog.ts';
import type { KataResult } from '../runner/kata-result.ts';
import { SessionPool } from '../runner/session-pool.ts';
import { projectRoot } from '../trace/source-location.ts';
import { judgeSubject } from '../runner/judge-subject.ts';
import { subjectName, subjectsOf } from '../catalog/subject.ts';
import type { Subject } from '../catalog/subject.ts';
import { startBusyProcesses } from './busy-processes.ts';

/** What came out so far; kept in a file, so that a run which was ended goes on where it was. */
export interface VerdictFigures {
  /** Verdicts by the name of the answer. */
  counts: Record<string, number>;
  inconclusive: number;
  /** Verdicts that were another in a process that had judged other answers before; the one in a process of its own counts. */
  differed: number;
  wrong: { subject: string; problems: string[] }[];
  /** Virtual and real milliseconds of the tests, by kata. */
  virtualMs: Record<string, number>;
  realMs: Record<string, number>;
}

export interface BenchVerdictsOptions {
  /** Ids of katas; empty is all. */
  readonly katas: readonly string[];
  /** How many verdicts in all, spread evenly over the answers. */
  readonly verdicts: number;
  /** How many are judged at the same time. */
  readonly sideBySide: number;
  /** Busy processes beside it. */
  readonly busy: number;
  /** Stops after so many minutes, to be resumed. */
  readonly minutes: number;
  readonly onProgress: (done: number, figures: VerdictFigures) => void;
}

/**
 * Judges the solution, the `right/` and `wrong/` answers and the starter of each kata again and again, beside busy processes, and counts
 * verdicts that are not what had to come out.
 */
export async function benchVerdicts(options: BenchVerdictsOptions): Promise<VerdictFigures> {
  const ids = options.katas.length > 0 ? options.katas : kataIds();
  const subjects = ids.flatMap((id) => subjectsOf(readKata(id), catalogFolders));
  const file = path.join(
    projectRoot,
    '.kata',
    `bench-verdicts-${ids.join('-').slice(0, 100)}.json`,
  );
  const figures = readFigures(file);
  const end = performance.now() + options.minutes * 60_000;
  const done = (): number => Object.values(figures.counts).reduce((sum, count) => sum + count, 0);

  using _busy = startBusyProcesses(options.busy, options.minutes * 60_000 + 60_000);
  await using pool = SessionPool.open({ size: options.sideBySide });
  const judge = async (subject: Subject): Promise<KataResult> => {
    const { kata, submission } = subject;
    const result = await pool.run(kata, { submission, shareProcess: true });
    if (isInconclusive(result) || judgeSubject(subject, result).length === 0) return result;
    const own = await pool.run(kata, { submission });
    if (!isInconclusive(own) && judgeSubject(subject, own).length === 0) figures.differed += 1;
    return own;
  };
  const judgeNext = async (): Promise<void> => {
    while (done() < options.verdicts && performance.now() < end) {
      const subject = leastJudged(subjects, figures);
      count(figures, subject);
      note(figures, subject, await judge(subject));
      save(file, figures);
      options.onProgress(done(), figures);
    }
  };
  await Promise.all(Array.from({ length: options.sideBySide }, judgeNext));
  return figures;
}

function leastJudged(subjects: readonly Subject[], { counts }: VerdictFigures): Subject {
  return subjects.reduce((least, subject) =>
    (counts[subjectName(subject)] ?? 0) < (counts[subjectName(least)] ?? 0) ? subject : least,
  );
}

function count({ counts }: VerdictFigures, subject: Subject): void {
  const name = subjectName(subject);
  counts[name] = (counts[name] ?? 0) + 1;
}

function note(figures: VerdictFigures, subject: Subject, result: KataResult): void {
  const { id } = subject.kata;
  for (const test of result.tests) {
    if (!test.virtual || test.verdict !== 'pass') continue;
    figures.virtualMs[id] = (figures.virtualMs[id] ?? 0) + test.virtualMs;
    figures.realMs[id] = (figures.realMs[id] ?? 0) + test.realMs;
  }
  if (isInconclusive(result)) {
    figures.inconclusive += 1;
    return;
  }
  const problems = judgeSubject(subject, result);
  if (problems.length === 0) return;
  figures.wrong.push({
    subject: subjectName(subject),
    problems: problems.map((problem) => problem.found),
  });
}

function isInconclusive({ tests }: KataResult): boolean {
  return tests.some(({ verdict }) => verdict === 'inconclusive');
}

function readFigures(file: string): VerdictFigures {
  if (!existsSync(file))
    return { counts: {}, inconclusive: 0, differed: 0, wrong: [], virtualMs: {}, realMs: {} };
  return JSON.parse(readFileSync(file, 'utf8')) as VerdictFigures;
}

/** In one step: a run that is ended while it writes loses nothing. */
function save(file: string, figures: VerdictFigures): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(figures, null, 1));
  renameSync(`${file}.new`, file);
}
