import { cutText, plainLine } from '../trace/fit-text.ts';
import { progressBar } from '../report/progress-board.ts';
import { showProgress } from '../report/progress-line.ts';
import type { ProgressOutput } from '../report/progress-line.ts';
import { describeStanding } from './grade-changes.ts';
import type { GradeProgress } from './grade-class.ts';

/** The bar, the blanks around it, and the last column, at which some terminals begin a new line. */
const barColumns = 32;

/**
 * Makes what shows how far a run is: on a terminal one line that is written over and over, elsewhere a line for every tenth.
 *
 * @param now the time in milliseconds; the time left is told from how long the answers took that this run has judged.
 */
export function progressShower(
  output: ProgressOutput,
  now: () => number = () => performance.now(),
): (progress: GradeProgress) => void {
  let startedAt: number | null = null;
  let tenths = -1;
  return (progress) => {
    startedAt ??= now();
    const { done, all, judged, left } = progress;
    const isLast = left === 0;
    const words = [`${done} of ${all} graded`, timeLeft(now() - startedAt, judged, left)];
    const text = words.filter((word) => word !== '').join(', ');
    if (output.isTTY) {
      const words = cutText(`${text}${latestOf(progress)}`, (output.columns ?? 80) - barColumns);
      showProgress(isLast ? '' : ` ${progressBar(done, all)}  ${words}`, output);
      return;
    }
    const reached = all === 0 ? 10 : Math.floor((10 * done) / all);
    if (reached === tenths) return;
    tenths = reached;
    output.write(`${String(10 * reached).padStart(3)} %  ${text}\n`);
  };
}

/**
 * `about 3 min left`; nothing where nothing is left, or nothing has been judged yet.
 *
 * @param elapsedMs since the first answer began.
 */
export function timeLeft(elapsedMs: number, judged: number, left: number): string {
  if (judged === 0 || left === 0) return '';
  const seconds = ((elapsedMs / judged) * left) / 1000;
  if (seconds < 10) return 'a few seconds left';
  if (seconds < 90) return `about ${10 * Math.ceil(seconds / 10)} s left`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 100 ? `about ${minutes} min left` : `about ${Math.ceil(minutes / 60)} h left`;
}

function latestOf({ latest }: GradeProgress): string {
  if (latest === null) return '';
  // A student's name may be anything that a file may be called.
  return `   ${plainLine(latest.student)} ${latest.kata.slice(0, 2)} ${describeStanding(latest)}`;
}
