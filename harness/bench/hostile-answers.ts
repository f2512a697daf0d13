import type { GradeVerdict } from '../classroom/grade-report.ts';

/** Code that is put before a right answer, and the verdicts that it may end with. `pass` is never one. */
export interface HostileAnswer {
  readonly name: string;
  readonly code: string;
  readonly expected: readonly GradeVerdict[];
}

/** Names that are put together while the program runs are unseen by the policy: what these do, the sandbox and the judge have to answer. */
const hiddenProcess = "(globalThis as any)['pro' + 'cess']";

/** One of a kind: the attacks in all their variety have a corpus of their own. All of them are bounded by what a sandbox may take. */
export const hostileAnswers: readonly HostileAnswer[] = [
  { name: 'exits', code: 'process.exit(0);', expected: ['refused', 'crashed'] },
  { name: 'evaluates', code: 'eval("0");', expected: ['refused'] },
  {
    name: 'takes-the-runner',
    code: "import { expect as taken } from 'vitest';\nvoid taken;",
    expected: ['refused'],
  },
  { name: 'exits-unseen', code: `${hiddenProcess}.exit(0);`, expected: ['crashed', 'refused'] },
  {
    name: 'ends-itself',
    code: `${hiddenProcess}.kill(${hiddenProcess}.pid, 'SIGKILL');`,
    expected: ['crashed', 'refused'],
  },
  {
    name: 'makes-every-check-pass',
    code: "const list: any = Object.getPrototypeOf([]);\nlist['eve' + 'ry'] = () => true;",
    expected: ['tampered', 'refused'],
  },
  { name: 'never-ends', code: 'for (;;);', expected: ['timeout', 'refused'] },
];
