import type { Kata } from '../catalog/kata.ts';
import { startFirstProcess } from '../runner/first-process.ts';
import { KataSession } from '../runner/kata-session.ts';
import type { KataResult, TestResult } from '../runner/kata-result.ts';
import { withOwnPlaces } from './own-place.ts';

/** Judges the learner's answer to a kata. */
export interface Judge extends AsyncDisposable {
  run(kata: Kata, onTest: (test: TestResult) => void): Promise<KataResult>;
}

/**
 * A judge that keeps one Vitest, and a process that waits for the next save. One kata is judged at a time; the others wait.
 *
 * @param submission where the answers lie; null is the checkout's own `katas/`.
 * @param first the kata that is judged first, most likely.
 */
export async function openJudge(submission: string | null, first: Kata): Promise<Judge> {
  const session = await KataSession.open(startFirstProcess(first));
  let last: Promise<unknown> = Promise.resolve();
  return {
    run(kata, onTest) {
      const run = last.then(async () => {
        const result = await session.run(kata, { submission, onTest: (_id, test) => onTest(test) });
        session.prepare(kata);
        return withOwnPlaces(result, kata, submission);
      });
      last = run.catch(() => {});
      return run;
    },
    [Symbol.asyncDispose]: async () => {
      await last;
      await session.close();
    },
  };
}
