// Lets the loop turn after every hundred primes. Where there are none, it never does.
// fails: the loop turns as often where no number is a prime
import { setImmediate } from 'node:timers/promises';

export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

export async function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  let found = 0;
  let sum = 0;
  for (let n = 2; n <= limit; n += 1) {
    signal?.throwIfAborted();
    if (!isPrime(n)) continue;
    sum += n;
    found += 1;
    if (found % 100 === 0) await setImmediate();
  }
  return sum;
}

function hasNoDivisor(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor += 1) {
    if (n % divisor === 0) return false;
  }
  return true;
}
