import { promisify } from 'node:util';
import { promisedTimeout } from './promised-timers.ts';
import { real } from './real-time.ts';
import { rulingClock } from './ruling-clock.ts';
import { clearTimer, longestDelayMs, VirtualTimer } from './virtual-timer.ts';

type Callback = (...parameters: unknown[]) => unknown;

/** `setTimeout` in the time that rules. */
function setTimeout(callback: Callback, delay?: unknown, ...parameters: unknown[]): unknown {
  return start('setTimeout', callback, delay, parameters);
}
// Node's promisify(setTimeout) resolves with its second argument, and takes { signal }.
Object.defineProperty(setTimeout, promisify.custom, {
  enumerable: true,
  get: () => promisedTimeout,
});

/** `setInterval` in the time that rules. */
function setInterval(callback: Callback, delay?: unknown, ...parameters: unknown[]): unknown {
  return start('setInterval', callback, delay, parameters);
}

function clearTimeout(timer?: unknown): void {
  clearTimer(timer);
}

function clearInterval(timer?: unknown): void {
  clearTimer(timer);
}

export const timerTrampolines = { setTimeout, clearTimeout, setInterval, clearInterval };

function start(
  kind: string,
  callback: Callback,
  delay: unknown,
  parameters: readonly unknown[],
): unknown {
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
