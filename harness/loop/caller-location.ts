import { getCallSites } from 'node:util';
import { blamedFrame, type SourceLocation } from '../trace/source-location.ts';

/** The nearest line on the stack that is the learner's, else the spec's; null where there is none. */
export function callerLocation(mostFrames = 60): SourceLocation | null {
  const frames = getCallSites(mostFrames).map((site) => ({
    file: site.scriptName,
    line: site.lineNumber,
    column: site.columnNumber,
    functionName: site.functionName || '(anonymous)',
  }));
  return blamedFrame(frames);
}
