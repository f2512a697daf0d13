import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Kata } from '../../catalog/kata.ts';
import { readKata, readKatas, solutionsDirectory } from '../../catalog/kata.ts';
import type { AnswerDesk, AnswerFiles } from '../grade-parts.ts';
import type { ClassReport, Grade, GradeVerdict, Submission } from '../grade-report.ts';
import type { Attack, ExpectedEnd } from './attack.ts';
import { checkReport } from './check-report.ts';
import type { Outside } from './outside.ts';
import { processesWith } from './processes-with.ts';
import { attacker, putHandIn } from './put-hand-in.ts';

/** What attacks are tried on: the real parts, or others in tests. */
export interface Defences {
  readClass(
    directory: string,
    options: { katas: readonly Kata[] },
  ): Promise<{ readonly submissions: readonly Submission[]; readonly problems: readonly string[] }>;
  checkPolicy(
    kata: Kata,
    files: AnswerFiles,
  ): Promise<readonly { readonly line: number; readonly reason: string }[]>;
  takeDesk(): Promise<AnswerDesk>;
}

/** How an attack ended. */
export interface AttackResult {
  readonly name: string;
  /** How it was judged as a hand-in, and with the policy switched off. */
  readonly verdicts: { readonly handedIn: GradeVerdict; readonly unchecked: GradeVerdict };
  /** What it gained, reached or broke, as sentences; none where all held. */
  readonly problems: readonly string[];
}

type Ended = Pick<Grade, 'verdict' | 'reason' | 'passedTests' | 'tests' | 'allTests'>;

/** With which every attack is followed: the grader must still tell the one from the other. */
const honestKata = '03-three-fetches';
const honestStudent = 'ada';

/**
 * Tries one attack, as a hand-in and with the policy switched off, and looks afterwards whether anything was gained, reached or broken.
 *
 * @param patienceMs how long its processes may take to end, once they are told to.
 */
export async function runAttack(
  attack: Attack,
  defences: Defences,
  outside: Outside,
  patienceMs: number,
): Promise<AttackResult> {
  const kata = readKata(attack.kata);
  const problems: string[] = [];
  const told = outside.watch(kata);
  const directory = mkdtempSync(path.join(tmpdir(), 'attacked-class-'));
  try {
    await putHandIn(attack, directory, outside.words);
    putHonest(directory);
    const { submissions, problems: classProblems } = await defences.readClass(directory, {
      katas: readKatas(),
    });
    const mallory = submissions.find(({ student }) => student.id === attacker) ?? null;
    const spoken = [...(mallory?.problems ?? []), ...classProblems].join('\n');
    problems.push(...checkHonest(submissions));

    const unchecked = await judgeUnchecked(attack, kata, mallory, defences);
    const refused = await refusedOf(kata, filesOf(mallory, kata.id), defences);
    const handedIn = refused ?? unchecked;
    problems.push(
      ...checkEnd('as a hand-in', handedIn, attack.expected.handedIn, spoken),
      ...checkEnd('with the policy off', unchecked, attack.expected.unchecked, spoken),
      ...checkGain(unchecked, attack),
    );
    const report = reportOf(kata, submissions, [handedIn, unchecked]);
    problems.push(...checkReport(report, outside.secret));
    problems.push(
      ...(await checkNext(defences)),
      ...(await checkProcesses(outside, patienceMs)),
      ...told(),
    );
    return {
      name: attack.name,
      verdicts: { handedIn: handedIn.verdict, unchecked: unchecked.verdict },
      problems,
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function putHonest(directory: string): void {
  const folder = path.join(directory, honestStudent, honestKata);
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of honestAnswer()) writeFileSync(path.join(folder, name), content);
}

function honestAnswer(folder: string = solutionsDirectory): Map<string, Uint8Array> {
  const { files } = readKata(honestKata);
  return new Map(files.map((name) => [name, readFileSync(path.join(folder, honestKata, name))]));
}

/** The hand-in that lay beside it. */
function checkHonest(submissions: readonly Submission[]): string[] {
  const ada = submissions.find(({ student }) => student.id === honestStudent);
  const taken = filesOf(ada ?? null, honestKata);
  const isWhole = [...honestAnswer()].every(([name, content]) =>
    Buffer.from(taken.get(name) ?? '').equals(content),
  );
  return isWhole ? [] : ['What another student handed in was not taken as it was.'];
}

function filesOf(submission: Submission | null, kata: string): AnswerFiles {
  return submission?.answers.get(kata) ?? new Map<string, Uint8Array>();
}

async function judgeUnchecked(
  { before }: Attack,
  kata: Kata,
  mallory: Submission | null,
  defences: Defences,
): Promise<Ended> {
  const files = filesOf(mallory, kata.id);
  if (!files.has(kata.files[0]!)) return without('missing', null);
  using desk = await defences.takeDesk();
  if (before !== null) await desk.judge(readKata(before), filesOf(mallory, before), { seed: 1 });
  return await desk.judge(kata, files, { seed: 2 });
}

/** Null where the policy lets the answer run: then it is judged as if there were none. */
async function refusedOf(
  kata: Kata,
  files: AnswerFiles,
  defences: Defences,
): Promise<Ended | null> {
  const refusals = await defences.checkPolicy(kata, files);
  if (refusals.length === 0) return null;
  return without('refused', refusals.map(({ reason }) => reason).join(' '));
}

function without(verdict: GradeVerdict, reason: string | null): Ended {
  return { verdict, reason, passedTests: 0, tests: [], allTests: 0 };
}

function checkEnd(
  how: string,
  ended: Ended,
  { verdicts, says }: ExpectedEnd,
  spoken: string,
): string[] {
  const text = `${JSON.stringify(ended.reason)} ${failuresOf(ended)} ${spoken}`;
  if (!verdicts.includes(ended.verdict)) {
    return [`Expected ${verdicts.join(' or ')} ${how}, got ${ended.verdict}: ${shorten(text)}`];
  }
  if (says === null || text.includes(says)) return [];
  return [
    `Expected "${says}" to be told ${how}: so it is not known whether the attack took place. What was told: ${shorten(text)}`,
  ];
}

function failuresOf({ tests }: Ended): string {
  return [...new Set(tests.map(({ failure }) => failure?.message ?? ''))].join(' ');
}

function shorten(text: string): string {
  return text.length > 600 ? `${text.slice(0, 600)} …` : text;
}

function checkGain({ verdict, passedTests, tests }: Ended, { deserves }: Attack): string[] {
  if (verdict === 'pass') return ['It passed.'];
  if (passedTests === 0) return [];
  return tests
    .filter((test) => test.verdict === 'pass' && !deserves.includes(test.name))
    .map(({ name }) => `It gained the test "${name}".`);
}

/** Another student's right answer, and a wrong one: both come to the desk where the attack was. */
async function checkNext(defences: Defences): Promise<string[]> {
  const kata = readKata(honestKata);
  using desk = await defences.takeDesk();
  const right = await desk.judge(kata, honestAnswer(), { seed: 3 });
  const wrong = await desk.judge(kata, honestAnswer(path.dirname(kata.directory)), { seed: 4 });
  return [
    ...(right.verdict === 'pass' ? [] : [`After it the solution was ${told(right)}.`]),
    ...(wrong.verdict === 'fail' ? [] : [`After it a wrong answer was ${told(wrong)}.`]),
  ];
}

function told({ verdict, reason }: Ended): string {
  return reason === null ? verdict : `${verdict} (${reason})`;
}

async function checkProcesses({ token }: Outside, patienceMs: number): Promise<string[]> {
  let left = processesWith(token);
  for (let waited = 0; left.length > 0 && waited < patienceMs; waited += 100) {
    await sleep(100);
    left = processesWith(token);
  }
  return left.map((process) => `A process of it still runs: ${process}.`);
}

function reportOf(
  kata: Kata,
  submissions: readonly Submission[],
  ends: readonly Ended[],
): ClassReport {
  return {
    schema: 'event-loop-katas/class-report/v1',
    gradedAt: '2026-01-01T00:00:00.000Z',
    katas: [
      { id: kata.id, title: kata.title, weight: 1, tests: ends[1]!.tests.map(({ name }) => name) },
    ],
    students: submissions.map(({ student, source, problems }) => ({
      ...student,
      source,
      submittedAt: null,
      late: false,
      problems,
    })),
    // With the policy off an answer says more of itself.
    grades: submissions.map(({ student }) => ({
      ...(student.id === honestStudent ? without('pass', null) : ends[1]!),
      student: student.id,
      kata: kata.id,
      seed: '1',
      submission: '',
      harness: '',
      judgedMs: 1,
    })),
  };
}
