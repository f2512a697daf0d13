import type { KataResult, TestResult } from '../../runner/kata-result.ts';
import { canaryNames } from '../../verdict/canaries.ts';
import type { GradedTest, GradeVerdict } from '../grade-report.ts';
import { plainSentence, plainTest } from './plain-test.ts';

/** What a run of a kata says about an answer. */
export interface Judgement {
  readonly verdict: GradeVerdict;
  readonly reason: string | null;
  readonly tests: readonly GradedTest[];
}

const breaches = {
  time: ['timeout', 'It took longer than a kata may.'],
  memory: ['memory', 'Its processes took more memory than they may.'],
  processes: ['crashed', 'It started more processes than it may.'],
  output: ['crashed', 'It printed more than it may.'],
  message: ['tampered', 'It sent messages in the name of the tests.'],
} as const;

/**
 * Says what `result` is worth, which came out of a process that the answer was in.
 *
 * @param manifest the names of the kata's tests, in their order: what is not among them is no test, and what of them is missing was not passed.
 */
export function gradeResult(result: KataResult, manifest: readonly string[]): Judgement {
  const run = result.confined?.run ?? '';
  const [before, after] = [canaryNames(run, 'before'), canaryNames(run, 'after')];
  const names = [before.passes, before.fails, ...manifest, after.passes, after.fails];
  const own = new Set(manifest);
  const tests = result.tests.filter(({ name }) => own.has(name)).map(plainTest);
  const [verdict, reason] =
    findBreach(result) ??
    findTampering(result, names) ??
    findDeath(result) ??
    findEnding(result, names) ??
    judge(
      tests,
      result.tests.find((test) => isCanary(test) && isLate(test)),
    );
  return { verdict, reason, tests };
}

const tooBusy = ['inconclusive', 'The machine was too busy to judge it.'] as const;

type Found = readonly [verdict: GradeVerdict, reason: string | null];

/** It met a limit. Where the machine was too busy to judge a test, its time says nothing about the answer. */
function findBreach({ confined, tests }: KataResult): Found | null {
  const breach = confined?.breach ?? null;
  if (breach === null) return null;
  const isUnknown = tests.some(
    ({ genuine, verdict }) => genuine === true && verdict === 'inconclusive',
  );
  return breach === 'time' && isUnknown ? tooBusy : breaches[breach];
}

function findTampering(result: KataResult, names: readonly string[]): Found | null {
  for (const test of result.tests) {
    if (!names.includes(test.name))
      return ['tampered', 'There was a test that the kata does not have.'];
    const { changed = null } = test.seal ?? {};
    if (test.genuine && changed !== null) return ['tampered', `It changed ${changed}.`];
    if (isCanary(test) && test.genuine && test.verdict !== wanted(test) && !isLate(test)) {
      return ['tampered', `A test that had to ${wanted(test)} ended with ${test.verdict}.`];
    }
    if (!test.genuine && (test.verdict === 'pass' || test.verdict === 'inconclusive')) {
      return ['tampered', 'A result was not made by the test that it names.'];
    }
  }
  return null;
}

function isCanary({ name }: TestResult): boolean {
  return name.startsWith('canary ');
}

/** Kinds of a failure that come of what an answer still does, not of the test that they end. */
const late: ReadonlySet<string> = new Set(['held', 'unhandled']);

/** Whether a test that had to pass met what the answer has left: it proves nothing about the tools that judge. */
function isLate(test: TestResult): boolean {
  return wanted(test) === 'pass' && late.has(test.failure?.kind ?? '');
}

function wanted({ name }: TestResult): 'pass' | 'fail' {
  return name.endsWith(' 0') ? 'pass' : 'fail';
}

/** The process ended before its tests did. */
function findDeath({ problem, tests }: KataResult): Found | null {
  if (problem === null) return null;
  const message = plainSentence(problem.message);
  if (problem.kind === 'hang') return ['timeout', message];
  if (problem.kind === 'import' && tests.length === 0) return ['infrastructure', message];
  if (/used up all the memory/.test(message)) return ['memory', message];
  return ['crashed', message];
}

/** What the tests of a process that lived say of how the answer ended. */
function findEnding({ tests }: KataResult, names: readonly string[]): Found | null {
  const isInOrder =
    tests.length === names.length && tests.every(({ name }, index) => name === names[index]);
  if (!isInOrder) return ['tampered', 'A test of the kata is missing, or came twice.'];
  if (tests.some(({ verdict }) => verdict === 'skipped'))
    return ['tampered', 'A test was skipped.'];

  const own = tests.filter((test) => !isCanary(test) && test.failure !== null);
  const of = (kind: string): TestResult | undefined =>
    own.find(({ failure }) => failure?.kind === kind);
  const sentence = (test: TestResult): string => plainSentence(test.failure?.message);
  const crash = of('crash');
  if (crash) return ['crashed', sentence(crash)];
  const outOfMemory = own.find((test) => /Array buffer allocation failed/.test(sentence(test)));
  if (outOfMemory) return ['memory', sentence(outOfMemory)];
  const hang = own.find((test) => test.failure?.kind === 'hang' && !isWait(sentence(test)));
  return hang ? ['timeout', sentence(hang)] : null;
}

/**
 * Whether a test ended because something did not come, while the loop turned. That is one red test, as it is in virtual time, where it is known as
 * a deadlock: the others judged the answer. What held the loop had to be ended.
 */
function isWait(message: string): boolean {
  return /^(?:Still waiting for|Your code is still waiting) /.test(message);
}

function judge(tests: readonly GradedTest[], late: TestResult | undefined): Found {
  const verdicts = new Set(tests.map(({ verdict }) => verdict));
  if (verdicts.has('fail')) return ['fail', null];
  if (verdicts.has('inconclusive')) return tooBusy;
  if (late !== undefined)
    return ['fail', `After its tests: ${plainSentence(late.failure?.message)}`];
  return ['pass', null];
}
