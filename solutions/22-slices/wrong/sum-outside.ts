// Keeps the sum outside of the function. Now that the work can be interrupted, another sum gets in between.
// fails: two sums at the same time are both right
import { setImmediate } from 'node:timers/promises';

export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

let sum = 0;

export async function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  sum = 0;
  for (let n = 2; n <= limit; n += 1) {
    if (n % 1000 === 0) await setImmediate();
    signal?.throwIfAborted();
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
