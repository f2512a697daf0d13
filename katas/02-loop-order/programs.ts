// Given, and not to be edited: the programs "ioCallback", "twoTimers" and "immediates". Each tells `say` what it does.
import { stat } from 'node:fs';

/** Says five lines. */
export function ioCallback(say: (line: string) => void): void {
  stat('.', () => {
    setTimeout(() => say('timeout'), 0);
    setImmediate(() => say('immediate'));
    queueMicrotask(() => say('microtask'));
    process.nextTick(() => say('nextTick'));
    say('sync');
  });
}

/** Says four lines. */
export function twoTimers(say: (line: string) => void): void {
  setTimeout(() => {
    say('timer 1');
    queueMicrotask(() => say('microtask'));
    process.nextTick(() => say('nextTick'));
  }, 0);
  setTimeout(() => say('timer 2'), 0);
}

/** Says five lines. */
export function immediates(say: (line: string) => void): void {
  setImmediate(() => {
    say('immediate 1');
    setImmediate(() => say('immediate 3'));
    queueMicrotask(() => say('microtask'));
    process.nextTick(() => say('nextTick'));
  });
  setImmediate(() => say('immediate 2'));
}
