import type { AttackRun } from '../classroom/attacks/run-attacks.ts';
import type { Check, StepReport } from './check.ts';
import type { StepContext } from './step.ts';

const advice = 'Try them alone: npm run verify -- --only attacks';

/** Tries the attacks of the corpus on the grader; `run` tries others only in tests. */
export async function checkAttacks(
  { onProgress }: Pick<StepContext, 'onProgress'>,
  run?: (onAttack: (done: number, all: number) => void) => Promise<AttackRun>,
): Promise<StepReport> {
  const { results, problems } = await (run ?? runCorpus)((done, all) =>
    onProgress(`${done} of ${all}`),
  );
  const corpus = 'harness/classroom/attacks/corpus';
  const checks: Check[] = results.map(({ name, problems: found }) => ({
    name,
    problems: found.map((sentence) => ({ where: `${corpus}/${name}`, found: sentence, advice })),
  }));
  return {
    checks: [
      {
        name: 'the corpus of attacks',
        problems: problems.map((sentence) => ({ where: corpus, found: sentence, advice })),
      },
      ...checks,
    ],
    notes: [],
  };
}

async function runCorpus(onAttack: (done: number, all: number) => void): Promise<AttackRun> {
  const { runAttacks } = await import('../classroom/attacks/run-attacks.ts');
  return runAttacks({ onResult: (_result, done, all) => onAttack(done, all) });
}
