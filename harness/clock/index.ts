export {
  BusyWaitError,
  ClockHeldError,
  EndedTimerError,
  UncaughtTimerError,
  VirtualDeadlockError,
  VirtualRunawayError,
} from './clock-errors.ts';
export { inVirtualTime, type InVirtualTime } from './in-virtual-time.ts';
export { HandClock } from './hand-clock.ts';
export { real } from '../trace/real-time.ts';
export type { TimerOutcome, TimerRecord } from './timer-record.ts';
export { installTrampolines } from './trampolines.ts';
export { forgiveWorkers } from './worker-ledger.ts';
export { VirtualClock, type ClockOptions, type VirtualRun } from './virtual-clock.ts';
