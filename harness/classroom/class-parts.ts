import { accessSync, constants, mkdirSync } from 'node:fs';
import path from 'node:path';
import { readSolutionFiles } from '../catalog/answers.ts';
import { readKatas } from '../catalog/kata.ts';
import { messageOf } from '../catalog/message-of.ts';
import { projectRoot } from '../trace/source-location.ts';
import { GradeUsageError } from './command/grade-usage-error.ts';
import type { AnswerJudge, GradeParts } from './grade-parts.ts';
import { readClass } from './intake/read-class.ts';
import type { RedisPlace } from './queue/redis-place.ts';
import { harnessHasher } from './store/harness-hash.ts';

export interface ClassPartsOptions {
  /** The folder of the class. */
  readonly directory: string;
  /** Path of the roster. */
  readonly roster?: string;
  /** How many students are judged at the same time. */
  readonly jobs: number;
  readonly unsafeNoSandbox: boolean;
  /** Where workers take the answers from, if they are not judged here. */
  readonly queue?: QueueUse | null;
}

export interface QueueUse {
  readonly place: RedisPlace;
  readonly isRegrade: boolean;
  readonly onNotice: (sentence: string) => void;
}

/** What grades a class in earnest: its folder, the policy, the sandbox. Policy and judge are loaded where there is something to judge. */
export function classParts({
  directory,
  roster,
  jobs,
  unsafeNoSandbox,
  queue = null,
}: ClassPartsOptions): GradeParts {
  const harnessOf = harnessHasher({ sandbox: !unsafeNoSandbox });
  return {
    async readClass() {
      try {
        // By all katas, whichever are graded: how the hand-ins are laid out shows in their names.
        return await readClass(directory, { katas: readKatas(), roster });
      } catch (error) {
        // With a code it is the system that failed, or a defect.
        if (!(error instanceof Error) || error.constructor !== Error || 'code' in error)
          throw error;
        throw new GradeUsageError(error.message, { cause: error });
      }
    },
    async checkPolicy(kata, files) {
      const { checkPolicy } = await import('./policy/check-policy.ts');
      return checkPolicy(kata, files);
    },
    async openJudge() {
      if (queue === null) return await openJudge({ jobs, unsafeNoSandbox });
      const { QueueJudge } = await import('./queue/queue-judge.ts');
      return await QueueJudge.open({ ...queue, harnessOf, katas: readKatas() });
    },
    harnessOf,
  };
}

/** What judges on this machine. */
export async function openJudge(
  options: Pick<ClassPartsOptions, 'jobs' | 'unsafeNoSandbox'>,
): Promise<AnswerJudge> {
  const [{ Judge }, { readManifest }] = await Promise.all([
    import('./judge/judge.ts'),
    import('./judge/manifest.ts'),
  ]);
  refuseForeignCheckout();
  const judge = await Judge.open(options);
  return {
    takeDesk: (katas) => judge.takeDesk(katas),
    close: () => judge.close(),
    async testsOf(kata) {
      const known = readManifest(kata);
      if (known !== null) return known;
      // No answer to this kata has been run yet; the solution tells as well as any.
      const { reason } = await judge.judge(kata, readSolutionFiles(kata));
      const told = readManifest(kata);
      if (told !== null) return told;
      throw new Error(reason ?? 'its solution was not judged.');
    },
  };
}

/** The judge keeps its scratch files in the checkout, which somebody else may have installed. */
function refuseForeignCheckout(): void {
  const scratch = path.join(projectRoot, '.kata');
  try {
    mkdirSync(scratch, { recursive: true });
    accessSync(scratch, constants.W_OK);
  } catch (error) {
    throw new GradeUsageError(
      `Expected the folder ${scratch} to be writable: ${messageOf(error)}. Grade in a checkout of your own.`,
      { cause: error },
    );
  }
}
