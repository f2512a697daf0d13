export type { Blame } from './blame.ts';
export { countTurns, loopTurns } from './count-turns.ts';
export { HangError } from './hang-error.ts';
export type { HangReport } from './hang-report.ts';
export { judgeLoop, type JudgeLoopOptions } from './judge-loop.ts';
export type { HoldCause } from './loop-gap.ts';
export type { LoopReport, LoopRun } from './loop-report.ts';
export { wrapFunctions } from './wrap-functions.ts';
export { guard, startWatchdog, type Watchdog, type WatchdogOptions } from './watchdog.ts';
