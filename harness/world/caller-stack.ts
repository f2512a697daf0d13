import { parseStack } from '../trace/source-location.ts';
import type { SourceLocation } from '../trace/source-location.ts';

/** Deep enough to reach the learner's code below a framework's frames. */
const depth = 50;

/** The frames that led here, nearest first, awaiting functions included. */
export function callerStack(): SourceLocation[] {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = depth;
  const { stack = '' } = new Error('where');
  Error.stackTraceLimit = stackTraceLimit;
  return parseStack(stack).slice(1);
}
