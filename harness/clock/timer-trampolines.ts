import { promisify } from 'node:util';
import { promisedTimeout } from './promised-timers.ts';
import { real } from '../trace/real-time.ts';
import { rulingClock } from './ruling-clock.ts';
import {
  clearTimer,
  longestDelayMs,
  VirtualTimer,
  type TimerCallback,
  type TimerReference,
} from './virtual-timer.ts';

/** `setTimeout` in the time that rules. */
function setTimeout(
  callback: TimerCallback,
  delay?: unknown,
  ...parameters: unknown[]
): VirtualTimer | NodeJS.Timeout {
  return start('setTimeout', callback, delay, parameters);
}
// Node's promisify(setTimeout) resolves with its second argument, and takes { signal }.
Object.defineProperty(setTimeout, promisify.custom, {
  enumerable: true,
  get: () => promisedTimeout,
});

/** `setInterval` in the time that rules. */
function setInterval(
  callback: TimerCallback,
  delay?: unknown,
  ...parameters: unknown[]
): VirtualTimer | NodeJS.Timeout {
  return start('setInterval', callback, delay, parameters);
}

function clearTimeout(timer?: TimerReference): void {
  clearTimer(timer);
}

function clearInterval(timer?: TimerReference): void {
  clearTimer(timer);
}

export const timerTrampolines = { setTimeout, clearTimeout, setInterval, clearInterval };

function start(
  kind: string,
  callback: TimerCallback,
  delay: unknown,
  parameters: readonly unknown[],
): VirtualTimer | NodeJS.Timeout {
  // Node's own function says best what is wrong with the argument.
  if (typeof callback !== 'function') return real.setTimeout(callback, 1);
  if (rulingClock() && Number(delay) > longestDelayMs) warnOfOverflow(delay);
  return new VirtualTimer(kind, callback, delay, parameters);
}

function warnOfOverflow(delay: unknown): void {
  process.emitWarning(
    `${String(delay)} does not fit into a 32-bit signed integer.\nTimeout duration was set to 1.`,
    'TimeoutOverflowWarning',
  );
}
