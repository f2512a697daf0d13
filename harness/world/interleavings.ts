import { setTimeout as sleep } from 'node:timers/promises';
import { inVirtualTime } from '../clock/index.ts';
import { retellError } from './retell-error.ts';
import { seed } from './seed.ts';
import { turns } from './turns.ts';

/** Milliseconds of virtual time that a step takes in a slow run. */
const stepMs = 10;

/** One order in which things happen, of the many that are possible. */
export interface Interleaving {
  /**
   * Waits until this order lets its caller go on. Of all that wait, one goes on at a time, each in a turn of the event loop of its
   * own, when nothing else is left to do.
   */
  readonly pause: () => Promise<void>;
  /** Adds a line to the story, which a failure tells: what the learner's program has just done. */
  readonly tell: (line: string) => void;
}

/**
 * Runs `check` under many interleavings, drawn by fast-check's scheduler from the process's seed: of all the callers of `pause`, another
 * one goes on first in each run.
 *
 * It is virtual time: a run in which nobody can go on is told as a deadlock. In every fourth run a step takes 10 ms, so that
 * a program does not hide behind short timers; in the others no time goes by while anybody can go on. It is the same order again with the
 * same seed.
 *
 * @param options.runs how many interleavings; 100 by default.
 * @throws the first error of `check`, its message ending with the story and the seed.
 * @example
 * await eachInterleaving(async ({ pause, tell }) => {
 *   let balance = 0;
 *   const deposit = async () => {
 *     const before = balance;
 *     await pause();
 *     tell(`balance = ${before} + 1`);
 *     balance = before + 1;
 *   };
 *   await Promise.all([deposit(), deposit()]);
 *   expect(balance).toBe(2);
 * });
 */
export async function eachInterleaving(
  check: (interleaving: Interleaving) => unknown,
  options: { runs?: number } = {},
): Promise<void> {
  const { runs = 100 } = options;
  if (!Number.isInteger(runs) || runs < 1) {
    throw new RangeError(`Expected \`runs\` to be a whole number above zero, got \`${runs}\`.`);
  }
  // Not before it is needed: most katas do without it, and start sooner.
  const { default: fastCheck } = await import('fast-check');
  let story: string[] = [];
  let runsBegun = 0;
  const step = async (goOn: () => Promise<void>): Promise<void> => {
    // Real turns come before virtual timers: a program that hops over `setImmediate` has arrived when the next one goes on.
    await turns(1);
    if (runsBegun % 4 === 0) await sleep(stepMs);
    await goOn();
  };
  const property = fastCheck.asyncProperty(
    fastCheck.scheduler({ act: step }),
    async (scheduler) => {
      runsBegun += 1;
      const lines: string[] = [];
      story = lines;
      const pause = (): Promise<void> => scheduler.schedule(Promise.resolve());
      const tell = (line: string): void => {
        lines.push(line);
      };
      await scheduler.waitFor(Promise.try(check, { pause, tell }));
    },
  );

  // Drawn before virtual time begins: a random number is work of Node's whose end it does not tell.
  const parameters = { seed: seed(), numRuns: runs, endOnFailure: true };
  try {
    await inVirtualTime(async () => {
      const details = await fastCheck.check(property, parameters);
      if (details.failed) throw details.errorInstance;
    });
  } catch (error) {
    throw retellError(error, (message) => withStory(message, story));
  }
}

function withStory(message: string, story: readonly string[]): string {
  const lines = [message];
  if (story.length > 0) lines.push('What happened, in this order:');
  lines.push(...story.map((line, index) => `${index + 1}. ${line}`));
  lines.push(`Run again with KATA_SEED=${seed()} to get the same order.`);
  return lines.join('\n');
}
