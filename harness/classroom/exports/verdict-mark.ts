import type { GradeVerdict } from '../grade-report.ts';

/** The mark of each verdict: another sign for each, so that nothing depends on colour. One column in a terminal. */
export const verdictMarks: Readonly<Record<GradeVerdict, string>> = {
  pass: '✓',
  fail: '✗',
  timeout: 'T',
  crashed: 'C',
  memory: 'M',
  refused: 'R',
  tampered: '!',
  missing: '·',
  inconclusive: '?',
  infrastructure: '#',
};
