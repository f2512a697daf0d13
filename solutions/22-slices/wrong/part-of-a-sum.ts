// Stops at an abort, and then gives what it has so far, as if that were the sum.
// fails: an abort amid the work rejects with its reason
// fails: an abort that comes too late leaves the sum whole
// fails: two sums at the same time know nothing of each other
import { setImmediate } from 'node:timers/promises';

export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

export async function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  signal?.throwIfAborted();
  let sum = 0;
  for (let n = 2; n <= limit; n += 1) {
    if (n % 1000 === 0) await setImmediate();
    if (signal?.aborted) break;
    if (isPrime(n)) sum += n;
  }
  return sum;
}

function hasNoDivisor(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor += 1) {
    if (n % divisor === 0) return false;
  }
  return true;
}
