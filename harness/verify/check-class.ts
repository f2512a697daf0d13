import { benchClass, type BenchClassOptions, type ClassFigures } from '../bench/bench-class.ts';
import type { Problem } from '../catalog/problem.ts';
import { readKata } from '../catalog/kata.ts';
import type { Check, StepReport } from './check.ts';

/** Few enough that it takes a minute; `npm run bench -- class` takes the whole class. */
const small = {
  students: 2,
  katas: ['03-three-fetches', '04-calling-is-starting', '13-check-then-act'],
  kills: 2,
  sample: 0,
  jobs: 0,
  busy: 0,
  seed: 1,
} as const;

const advice = `By hand: npm run bench -- class --students ${small.students} --katas 03,04,13 --kills ${small.kills} --sample 0`;

/** Grades a small made class by the command, whole and killed on its way; `run` is another grader only in tests. */
export async function checkClass(
  onProgress: (text: string) => void = () => {},
  run: (options: BenchClassOptions) => Promise<ClassFigures> = benchClass,
): Promise<StepReport> {
  const katas = small.katas.map((id) => readKata(id));
  const { wrong, killed } = await run({ ...small, katas, onProgress });
  return {
    checks: [
      check('each answer of a made class gets its verdict', wrong.map(told)),
      check('a class whose grading is killed and goes on gets the same report', [
        ...killed!.wrong.map(told),
        ...killed!.differing,
      ]),
    ],
    notes: [],
  };
}

function told({ answer, problem }: ClassFigures['wrong'][number]): string {
  return `${answer}: ${problem}`;
}

function check(name: string, found: readonly string[]): Check {
  const problems = found.map((sentence): Problem => ({
    where: 'harness/classroom',
    found: sentence,
    advice,
  }));
  return { name, problems };
}
