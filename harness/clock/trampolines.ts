import { syncBuiltinESMExports } from 'node:module';
import { performance } from 'node:perf_hooks';
import timers from 'node:timers';
import timersPromises from 'node:timers/promises';
import { noteOpenResources } from './open-resources.ts';
import {
  abortSignalTimeout,
  promisedInterval,
  promisedTimeout,
  schedulerWait,
} from './promised-timers.ts';
import { trackSockets } from './socket-ledger.ts';
import { virtualizeSocketTimers } from './socket-timers.ts';
import { temporalNow } from './temporal-trampolines.ts';
import {
  hrtime,
  performanceMark,
  performanceMeasure,
  performanceNow,
  VirtualDate,
} from './time-reading-trampolines.ts';
import { timerTrampolines } from './timer-trampolines.ts';
import { trackWorkers } from './worker-ledger.ts';

let installed = false;

/**
 * Puts functions in the place of Node's timers and clocks that ask, at each call, which time rules: that of the
 * installed virtual clock, else the real one. Once per process and for ever, before any learner code: a function that
 * was captured earlier stays real.
 *
 * `setImmediate`, `process.nextTick`, `queueMicrotask` and `MessageChannel` stay Node's own, and so do the timers inside
 * Node, but for those of clients' sockets, and those of workers.
 */
export function installTrampolines(): void {
  if (installed) return;
  installed = true;
  // Node's HTTP server takes `setInterval` when it is first loaded. Loaded after this, it would look after its connections by a virtual timer
  // of 30 s, and a jump over some days would be told as a runaway.
  process.getBuiltinModule('node:http');
  noteOpenResources();
  trackSockets();
  virtualizeSocketTimers();
  trackWorkers();
  Object.assign(globalThis, timerTrampolines, { Date: VirtualDate });
  Object.assign(timers, timerTrampolines);
  Object.assign(timersPromises, { setTimeout: promisedTimeout, setInterval: promisedInterval });
  replace(timersPromises.scheduler, 'wait', schedulerWait);
  replace(AbortSignal, 'timeout', abortSignalTimeout);
  // Not the whole object: a fake of it breaks performance.eventLoopUtilization(), whose figures turn negative.
  replace(performance, 'now', performanceNow);
  replace(performance, 'mark', performanceMark);
  replace(performance, 'measure', performanceMeasure);
  replace(process, 'hrtime', hrtime);
  replace(VirtualDate.prototype, 'constructor', VirtualDate);
  for (const [name, now] of Object.entries(temporalNow ?? {})) replace(Temporal.Now, name, now);
  // Named imports of the built-in modules are copies, which follow only when told to.
  syncBuiltinESMExports();
}

function replace(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true });
}
