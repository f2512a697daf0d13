// Given, and not to be edited: three functions that block the thread that calls them, until their work is done.
import { CallLog } from './call-log.ts';

/** Sleeps for `ms`, as Python's `time.sleep` does: the thread can do nothing else meanwhile. */
export function sleepSync(ms: number): void {
  block('sleepSync', ms, ms);
}

/**
 * The client of a vendor who knows no promises: blocks for about 100 ms, then gives the report.
 *
 * @throws {RangeError} where there is no such report: their numbers begin with 1.
 */
export function fetchReport(id: number): string {
  const nonce = block('fetchReport', id, 100);
  if (id < 1) throw new RangeError(`There is no report ${id}.`);
  return `Report ${id}${nonce}`;
}

/** Counts the primes up to and with `limit`, the slow way: the CPU is busy all the while. */
export function countPrimes(limit: number): number {
  if (CallLog.ofThisThread()?.counted(limit) === false) return 0;
  let primes = 0;
  for (let number = 2; number <= limit; number += 1) {
    if (isPrime(number)) primes += 1;
  }
  return primes;
}

function isPrime(number: number): boolean {
  for (let divisor = 2; divisor * divisor <= number; divisor += 1) {
    if (number % divisor === 0) return false;
  }
  return true;
}

function block(name: 'sleepSync' | 'fetchReport', input: number, ms: number): string {
  const log = CallLog.ofThisThread();
  if (log) return log.blocked(name, input);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
  return '';
}
