import { formatLocation } from '../trace/source-location.ts';
import type { Blame } from './blame.ts';
import type { LoopReport } from './loop-report.ts';

/** Tells a report in sentences about the reader's own code. */
export function explainReport(report: Omit<LoopReport, 'explanation'>): string {
  if (report.verdict === 'free') return explainFree(report);
  if (report.verdict === 'inconclusive') return explainInconclusive(report);
  return [explainHeld(report), report.blame && explainBlame(report.blame)]
    .filter(Boolean)
    .join('\n');
}

function explainFree({ heldMs, limitMs }: Omit<LoopReport, 'explanation'>): string {
  return `Your code left the event loop free: its longest hold was ${whole(heldMs)} ms (at most ${limitMs} ms is allowed).`;
}

function explainInconclusive({ runs }: Omit<LoopReport, 'explanation'>): string {
  return (
    `This machine was too busy to tell whether your code held the event loop: in ${runs.length} runs other work ` +
    'took the CPU away from it. That is not your fault; run the test again when the machine is quieter.'
  );
}

function explainHeld(report: Omit<LoopReport, 'explanation'>): string {
  const { heldMs, limitMs, runs, turns, workMs, cause } = report;
  const how = cause === 'asleep' ? ', asleep in a call that does not return to it' : '';
  const counted = runs.filter((run) => run.heldMs - run.doubtMs >= limitMs).length;
  const held =
    `Your code held the event loop for ${whole(heldMs)} ms in one go${how} ` +
    `(at most ${limitMs} ms is allowed; ${counted} of ${runs.length} runs).`;
  if (turns > 4)
    return `${held} Nothing else could run in that time: no timer, no request, no callback.`;
  const times = turns === 1 ? 'once' : `${turns} times`;
  return `${held} While it ran for ${whole(workMs)} ms the loop turned ${times}.`;
}

function explainBlame({ location, callee, share }: Blame): string {
  const calling = callee === null ? '' : `, calling ${callee}`;
  const part = share === undefined ? '' : ` (${Math.round(share * 100)}% of it)`;
  return `Held at ${formatLocation(location)} in ${location.functionName}${calling}${part}.`;
}

function whole(ms: number): string {
  return ms.toFixed(0);
}
