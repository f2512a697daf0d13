// Counts the numbers that are no primes, and lets the loop turn after every thousand. Where each number is a prime, it never does.
// fails: the event loop turns at least once in every 2,000 calls of isPrime
import { setImmediate } from 'node:timers/promises';

export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

export async function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  let sum = 0;
  let others = 0;
  for (let n = 2; n <= limit; n += 1) {
    signal?.throwIfAborted();
    if (isPrime(n)) {
      sum += n;
      continue;
    }
    others += 1;
    if (others % 1000 === 0) await setImmediate();
  }
  return sum;
}

function hasNoDivisor(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor += 1) {
    if (n % divisor === 0) return false;
  }
  return true;
}
