import { availableParallelism } from 'node:os';
import type { Kata } from '../catalog/kata.ts';
import { catalogFolders, lintKata, lintWholeCatalog } from '../catalog/lint-catalog.ts';
import { collectStarters, readStarters } from '../learner/starters.ts';
import { SessionPool } from '../runner/session-pool.ts';
import { checkAttacks } from './check-attacks.ts';
import { checkCatalog, checkMatrix } from './check-catalog.ts';
import { checkClass } from './check-class.ts';
import { checkDocs } from './check-docs.ts';
import { checkEdition, missingForEdition } from './check-edition.ts';
import { checkHarness } from './check-harness.ts';
import { checkOwnTests, pageTests, queueTests, terminalTests } from './check-own-tests.ts';
import { checkFormat, checkLint, checkTypes } from './check-tools.ts';
import { missingProgram } from './find-program.ts';
import { KnownVerdicts } from './known-verdicts.ts';
import { checkStarters } from './check-starters.ts';
import type { StepReport } from './check.ts';
import type { FullStep, Step, StepContext } from './step.ts';

/** The steps of every run, the quick ones first. Without `--all` they end within three minutes on two CPUs. */
export const steps: readonly Step[] = [
  { name: 'types', title: 'types', stage: 1, run: checkTypes },
  { name: 'lint', title: 'lint', stage: 1, run: checkLint },
  { name: 'format', title: 'format', stage: 1, run: checkFormat },
  { name: 'docs', title: 'links and examples', stage: 1, run: () => checkDocs() },
  { name: 'files', title: 'files of the katas', stage: 1, run: checkFiles },
  { name: 'harness', title: 'tests of the harness', stage: 2, run: checkHarness },
  // Beside the tests, since both wait for processes and timers more than for a CPU.
  { name: 'catalogue', title: 'answers to the katas', stage: 2, run: checkAnswers },
];

/** The steps that `--all` adds: each says what the system lacks for it. */
export const fullSteps: readonly FullStep[] = [
  {
    name: 'edition',
    title: "students' edition",
    stage: 4,
    run: () => checkEdition(),
    missing: () => missingForEdition(),
  },
  {
    name: 'page',
    title: 'the pages in a browser',
    stage: 4,
    run: () => checkOwnTests(pageTests),
    missing: async () => missingProgram('chromium'),
  },
  {
    name: 'attacks',
    title: 'attacks on the grader',
    // By themselves: they keep every CPU busy, and some of them use up what others wait for.
    stage: 5,
    run: (context) => checkAttacks(context),
    missing: async () => missingProgram('bwrap'),
  },
  {
    name: 'terminal',
    title: 'watch in a terminal',
    stage: 4,
    run: () => checkOwnTests(terminalTests),
    missing: async () => missingProgram('tmux'),
  },
  {
    name: 'class',
    title: 'a made class',
    stage: 4,
    run: ({ onProgress }) => checkClass(onProgress),
    missing: async () => missingProgram('bwrap'),
  },
  {
    name: 'queue',
    title: 'many machines',
    stage: 4,
    run: () => checkOwnTests(queueTests),
    missing: async () => missingProgram('redis-server', 'the package redis-server'),
  },
];

/** Draws which test of `kata` rejects which wrong answer. */
export async function runMatrix(
  kata: Kata,
  context: StepContext,
): Promise<StepReport & { readonly text: string }> {
  const notes: string[] = [];
  await using pool = openPool(notes);
  const report = await checkMatrix(kata, optionsOf(pool, context));
  return { ...report, notes: [...report.notes, ...notes] };
}

async function checkFiles({ katas }: StepContext): Promise<StepReport> {
  const checks = katas.map((id) => ({ name: id, problems: lintKata(id) }));
  return {
    checks: [
      ...checks,
      { name: 'the katas together', problems: lintWholeCatalog() },
      checkStarters(collectStarters(), readStarters()),
    ],
    notes: [],
  };
}

async function checkAnswers(context: StepContext): Promise<StepReport> {
  const notes: string[] = [];
  const store = context.fresh ? null : KnownVerdicts.open();
  await using pool = openPool(notes);
  const { judge, ...options } = optionsOf(pool, context);
  const report = await checkCatalog(context.katas, {
    ...options,
    wholeKatas: context.wholeKatas,
    judge: async (kata, submission, shareProcess) =>
      (shareProcess && store?.find(kata, submission)) || judge(kata, submission, shareProcess),
    onGood: (kata, result) => store?.remember(kata, result),
  });
  store?.save();
  if (store !== null && store.served > 0) {
    notes.push(
      `${store.served} answers have not changed since they were judged. --fresh judges them too.`,
    );
  }
  return { ...report, notes: [...report.notes, ...notes] };
}

function openPool(notes: string[]): SessionPool {
  return SessionPool.open({
    // One more than there are CPUs, since many answers wait for timers and processes; more than eight would wait for memory.
    size: Math.min(availableParallelism() + 1, 8),
    onRestart: (sentence) => notes.push(sentence),
  });
}

function optionsOf(
  pool: SessionPool,
  { onProgress }: StepContext,
): Parameters<typeof checkCatalog>[1] {
  return {
    folders: catalogFolders,
    judge: (kata, submission, shareProcess) => pool.run(kata, { submission, shareProcess }),
    onProgress: (done, all) => onProgress(`${done} of ${all}`),
  };
}
