import type { SourceLocation } from '../../trace/source-location.ts';
import { formatLocation } from '../../trace/source-location.ts';
import { formatMs } from '../../trace/format-ms.ts';
import { fails, holds, type MatcherResult } from './matcher-result.ts';
import { counted } from './sentences.ts';

/** A timer as the clock remembers it. */
export interface LeftTimer {
  /** `setTimeout`, `AbortSignal.timeout`, … */
  readonly kind: string;
  readonly delayMs: number;
  readonly where: SourceLocation | null;
}

/** More of them say nothing new. */
const mostShown = 4;

/** No timer of the learner was pending when the run ended. */
export function toLeaveNoTimers(run: { readonly leftBehind: readonly LeftTimer[] }): MatcherResult {
  const { leftBehind } = run;
  if (leftBehind.length === 0) return holds();

  const verb = leftBehind.length === 1 ? 'was' : 'were';
  const intro = `${counted(leftBehind.length, 'timer')} ${verb} still pending when the work was done:`;
  const shown = leftBehind.slice(0, mostShown).map(describeTimer);
  const hidden = leftBehind.length - shown.length;
  const hints = {
    location: leftBehind[0]!.where,
    advice: 'Clear a timer when its work has ended, also when the work failed or was aborted.',
  };
  if (leftBehind.length === 1) return fails(`${intro} ${shown[0]}.`, hints);
  const more = hidden > 0 ? [`  … and ${hidden} more`] : [];
  return fails([intro, ...shown.map((timer) => `  ${timer}`), ...more], hints);
}

function describeTimer(timer: LeftTimer): string {
  const from = timer.where === null ? '' : ` from ${formatLocation(timer.where)}`;
  return `${timer.kind}(${formatMs(timer.delayMs)})${from}`;
}
