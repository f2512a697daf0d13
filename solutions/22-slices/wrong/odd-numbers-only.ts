// Knows that even numbers are no primes, and does not ask the caller's isPrime for them.
// fails: isPrime decides, and is asked once for every number
// fails: an error of isPrime rejects the sum and ends the work
// fails: two sums at the same time are both right
import { setImmediate } from 'node:timers/promises';

export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

export async function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  let sum = limit >= 2 ? 2 : 0;
  for (let n = 3; n <= limit; n += 2) {
    if (n % 1000 === 1) await setImmediate();
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
