import leven from 'leven';
import type { Problem } from '../catalog/problem.ts';
import type { KataResult, TestResult } from './kata-result.ts';
import type { FailureKind } from '../verdict/test-record.ts';
import type { Subject } from '../catalog/subject.ts';

/** Failures that say what the code did, not that it could not run. */
const judgements: ReadonlySet<FailureKind> = new Set([
  'assertion',
  'unhandled',
  'leak',
  'busy-wait',
  'deadlock',
  'runaway',
  'held',
]);
/** What no starter may do to somebody who runs it for the first time. */
const breakdowns: ReadonlySet<FailureKind> = new Set([
  'import',
  'missing-export',
  'missing-file',
  'crash',
  'hang',
]);
/** Failures of an answer that was never judged: it could not be loaded. */
const notLoaded: ReadonlySet<FailureKind> = new Set(['import', 'missing-export', 'missing-file']);

/** Compares what came out with what had to come out. */
export function judgeSubject(subject: Subject, result: KataResult): Problem[] {
  if (result.problem !== null) {
    return [
      {
        where: subject.where,
        found: `The tests could not be run to their end: ${result.problem.message}`,
        advice: `Run it by hand: ${command(subject)}`,
      },
    ];
  }
  const problems = evidenceProblems(subject, result);
  if (problems.length > 0) return problems;
  if (subject.kind === 'starter') return starterProblems(subject, result);
  if (subject.kind === 'wrong') return wrongProblems(subject, result);
  return rightProblems(subject, result);
}

/** The command that shows what a learner would see. */
function command({ kata, submission, where, kind }: Subject): string {
  const from = kind === 'solution' ? 'solutions' : where;
  return submission === null
    ? `npm test katas/${kata.number}`
    : `KATAS_FROM=${from} npm test katas/${kata.number}`;
}

/** A test that did not run, or stands there twice, proves nothing. */
function evidenceProblems({ kata, where }: Subject, { tests }: KataResult): Problem[] {
  const spec = `katas/${kata.id}/${kata.slug}.spec.ts`;
  if (tests.length === 0) {
    return [
      { where: spec, found: 'No test ran.', advice: 'Declare tests with `test` of #harness.' },
    ];
  }
  const names = tests.map(({ name }) => name);
  return [
    ...tests
      .filter(({ verdict }) => verdict === 'skipped')
      .map(({ name }) => ({
        where,
        found: `The test "${name}" did not run.`,
        advice: `Remove skip, only and todo from ${spec}.`,
      })),
    ...names
      .filter((name, index) => names.indexOf(name) !== index)
      .map((name) => ({
        where: spec,
        found: `Two tests are named "${name}".`,
        advice: 'Give every test of a spec a name of its own.',
      })),
  ];
}

function starterProblems(subject: Subject, result: KataResult): Problem[] {
  const { where, kata } = subject;
  const red = failed(result);
  const broken = red.filter(({ failure }) => breakdowns.has(failure!.kind));
  if (broken.length > 0) {
    return broken.map(({ name, failure }) => ({
      where,
      found: `The test "${name}" is red by ${failure!.kind}, not by an assertion: ${failure!.message}`,
      advice:
        'A starter runs and gives right results; it is wrong in one way that a test can tell.',
    }));
  }
  const unwritten = kata.starter === 'unwritten';
  const judged = red.some(
    ({ failure }) =>
      judgements.has(failure!.kind) || (unwritten && failure!.message.includes('NotWrittenError')),
  );
  if (judged) return [];
  if (red.length > 0) {
    return [
      {
        where,
        found: `No test is red by an assertion; the first says: ${red[0]!.failure!.message}`,
        advice:
          'Let the starter be wrong in what it does. One that waits for the learner throws a NotWrittenError, and its kata.json says "starter": "unwritten".',
      },
    ];
  }
  return [
    {
      where,
      found: 'The starter passes every test: there is nothing to learn.',
      advice: 'Was it solved in place? Else sharpen the spec, or make the starter wrong.',
    },
  ];
}

function rightProblems(subject: Subject, result: KataResult): Problem[] {
  return failed(result).map(({ name, failure }) => ({
    where: subject.where,
    found: `It is right, but the test "${name}" rejects it: ${failure!.message}`,
    advice: `Mend the answer, or loosen a test that asks more than the contract says. ${command(subject)}`,
  }));
}

function wrongProblems(subject: Subject, result: KataResult): Problem[] {
  const { where, fails } = subject;
  const names = result.tests.map(({ name }) => name);
  const red = failed(result);
  const unloaded = red.find(({ failure }) => notLoaded.has(failure!.kind));
  if (unloaded !== undefined) {
    return [
      {
        where,
        found: `It could not be loaded, so it is not rejected for its mistake: ${unloaded.failure!.message}`,
        advice: `Mend it. ${command(subject)}`,
      },
    ];
  }

  const redNames = new Set(red.map(({ name }) => name));
  const unknown = fails.filter((name) => !names.includes(name));
  const passed = fails.filter((name) => names.includes(name) && !redNames.has(name));
  const unnamed = red.filter(({ name }) => !fails.includes(name));
  return [
    ...unknown.map((name) => ({
      where,
      found: `It names the test "${name}", which the spec does not have.`,
      advice: `The nearest is "${nearest(name, names)}". Mend the line "// fails:".`,
    })),
    ...passed.map((name) => ({
      where,
      found: `The test "${name}" must reject it, but passes.`,
      advice: `Sharpen the test, or take the line "// fails:" out if the mistake is another one.`,
    })),
    ...unnamed.map(({ name, failure }) => ({
      where,
      found: `The test "${name}" rejects it too: ${failure!.message}`,
      advice: `Add "// fails: ${name}" to its first comment, or leave only the one mistake in it.`,
    })),
  ];
}

function failed({ tests }: KataResult): TestResult[] {
  return tests.filter(({ verdict, failure }) => verdict === 'fail' && failure !== null);
}

function nearest(name: string, names: readonly string[]): string {
  return names.toSorted((a, b) => leven(name, a) - leven(name, b))[0]!;
}
