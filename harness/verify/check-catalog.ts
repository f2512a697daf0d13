import { readKata } from '../catalog/kata.ts';
import type { Kata } from '../catalog/kata.ts';
import type { CatalogFolders } from '../catalog/lint-catalog.ts';
import { messageOf } from '../catalog/message-of.ts';
import type { Problem } from '../catalog/problem.ts';
import type { KataResult } from '../runner/kata-result.ts';
import type { Check, StepReport } from './check.ts';
import { fewAnswers } from './few-answers.ts';
import { judgeSubject } from '../runner/judge-subject.ts';
import { drawMatrix, testsWithoutOwnMistake } from './matrix.ts';
import type { Judged } from './matrix.ts';
import { subjectName, subjectsOf } from '../catalog/subject.ts';
import type { Subject } from '../catalog/subject.ts';

/** Runs of an answer before "the machine was too busy" is its verdict. */
const maximumRuns = 3;

export interface CheckCatalogOptions {
  readonly folders: CatalogFolders;
  /** The katas of which every answer is judged, and not only a few; default all. */
  readonly wholeKatas?: ReadonlySet<string>;
  /** Judges one submission, side by side with others: `SessionPool.run`. */
  readonly judge: (
    kata: Kata,
    submission: string | null,
    shareProcess: boolean,
  ) => Promise<KataResult>;
  /** Told of every verdict that is as it must be. */
  readonly onGood?: (kata: Kata, result: KataResult) => void;
  /** Told after every verdict. */
  readonly onProgress?: (done: number, all: number) => void;
}

/**
 * Judges the answers that are kept for the katas with these ids: the starter must be red, the solution and the right answers green, each wrong one
 * rejected by exactly the tests that it names. Of a kata that is judged as a whole, every test but the headline must reject one of them alone.
 */
export async function checkCatalog(
  ids: readonly string[],
  options: CheckCatalogOptions,
): Promise<StepReport> {
  const { folders, wholeKatas = new Set(ids) } = options;
  const checks: Check[] = [];
  const notes: string[] = [];
  const subjects: Subject[] = [];
  let left = 0;
  for (const id of ids) {
    try {
      const own = subjectsOf(readKata(id, folders.katas), folders);
      const chosen = wholeKatas.has(id) ? own : fewAnswers(own);
      subjects.push(...chosen);
      left += own.length - chosen.length;
    } catch (error) {
      checks.push(unreadable(id, messageOf(error)));
    }
  }

  const outcomes = await judgeAll(subjects, options);
  for (const { subject, problems } of outcomes)
    checks.push({ name: subjectName(subject), problems });
  for (const [kata, judged] of groupByKata(outcomes)) {
    if (wholeKatas.has(kata.id)) checks.push(ownMistakes(kata, judged));
  }
  if (left > 0) {
    const whole = ids.filter((id) => wholeKatas.has(id)).join(', ') || 'none';
    notes.push(
      `${left} of ${left + subjects.length} answers are left to --all. Judged were a few to each kata, and all where it has changed: ${whole}.`,
    );
  }
  return { checks, notes: [...notes, ...outcomes.flatMap((outcome) => outcome.notes)] };
}

/** Judges the wrong answers of one kata, and draws which test rejects which of them. */
export async function checkMatrix(
  kata: Kata,
  options: CheckCatalogOptions,
): Promise<StepReport & { readonly text: string }> {
  const wrong = subjectsOf(kata, options.folders).filter(({ kind }) => kind === 'wrong');
  const outcomes = await judgeAll(wrong, options);
  const judged = outcomes.flatMap(({ subject, result }) =>
    result === null ? [] : [{ subject, result }],
  );
  return {
    checks: outcomes.map(({ subject, problems }) => ({ name: subjectName(subject), problems })),
    notes: outcomes.flatMap(({ notes }) => notes),
    text: drawMatrix(kata.id, judged),
  };
}

interface Outcome {
  readonly subject: Subject;
  readonly problems: readonly Problem[];
  /** null where nothing is known. */
  readonly result: KataResult | null;
  /** Why it was judged more than once. */
  readonly notes: readonly string[];
}

async function judgeAll(
  subjects: readonly Subject[],
  { judge, onGood, onProgress }: CheckCatalogOptions,
): Promise<Outcome[]> {
  let done = 0;
  // The last katas take longest: begun first, they do not keep all waiting at the end.
  const outcomes = await Promise.all(
    subjects.toReversed().map(async (subject) => {
      const outcome = await judgeUntilKnown(subject, judge);
      const { problems, result } = outcome;
      if (problems.length === 0 && result !== null) onGood?.(subject.kata, result);
      done += 1;
      onProgress?.(done, subjects.length);
      return outcome;
    }),
  );
  return outcomes.toReversed();
}

async function judgeUntilKnown(
  subject: Subject,
  judge: CheckCatalogOptions['judge'],
): Promise<Outcome> {
  const notes: string[] = [];
  let busy: string[] = [];
  for (let runs = 1; runs <= maximumRuns; runs += 1) {
    const shareProcess = runs === 1;
    let result: KataResult;
    try {
      result = await judge(subject.kata, subject.submission, shareProcess);
    } catch (error) {
      return { subject, problems: [notJudged(subject, messageOf(error))], result: null, notes };
    }
    busy = result.tests
      .filter(({ verdict }) => verdict === 'inconclusive')
      .map(({ name }) => `"${name}"`);
    const name = subjectName(subject);
    if (busy.length > 0) {
      notes.push(`${name} was judged once more: the machine was too busy.`);
      continue;
    }
    const problems = judgeSubject(subject, result);
    // What another answer left in the process may be the reason: only a process of its own convicts.
    if (problems.length === 0 || !shareProcess) return { subject, problems, result, notes };
    notes.push(
      `${name} was judged once more in a process of its own. In one that had judged others it was not as it must be: ${problems[0]!.found}`,
    );
  }
  const reason = `In ${maximumRuns} runs the machine was too busy to judge ${busy.join(', ')}.`;
  return { subject, problems: [notJudged(subject, reason)], result: null, notes: [] };
}

function notJudged({ where }: Subject, reason: string): Problem {
  return {
    where,
    found: `It could not be judged, which says nothing about the answer. ${reason}`,
    advice: 'Run it again with less running beside it: npm run verify -- --only catalogue',
  };
}

function unreadable(id: string, reason: string): Check {
  return {
    name: `${id}: answers`,
    problems: [
      {
        where: id,
        found: `Its answers cannot be read: ${reason}`,
        advice: 'Mend what the step "files" says about this kata first.',
      },
    ],
  };
}

function groupByKata(outcomes: readonly Outcome[]): [Kata, Judged[]][] {
  const groups = Map.groupBy(outcomes, ({ subject }) => subject.kata);
  return [...groups].flatMap(([kata, group]): [Kata, Judged[]][] => {
    const wrong = group.filter(({ subject }) => subject.kind === 'wrong');
    const judged = wrong.flatMap(({ subject, result }) =>
      result === null ? [] : [{ subject, result }],
    );
    // With one verdict unknown, what is missing may be just that one.
    return judged.length === wrong.length ? [[kata, judged]] : [];
  });
}

function ownMistakes(kata: Kata, judged: readonly Judged[]): Check {
  return {
    name: `${kata.id}: a wrong answer for every test`,
    problems: testsWithoutOwnMistake(judged).map((name) => ({
      where: `solutions/${kata.id}/wrong`,
      found: `No wrong answer is rejected by the test "${name}" alone.`,
      advice: `Add one that passes all other tests, or join the test with another. npm run verify -- --matrix ${kata.number}`,
    })),
  };
}
