// Lets the loop turn after every ten primes as well. Where each number is a prime, the work hardly gets on.
// fails: the work is spread over fewer turns than a twentieth of the limit
import { setImmediate } from 'node:timers/promises';

export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

export async function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  let sum = 0;
  let found = 0;
  for (let n = 2; n <= limit; n += 1) {
    if (n % 1000 === 0) await setImmediate();
    signal?.throwIfAborted();
    if (!isPrime(n)) continue;
    sum += n;
    found += 1;
    if (found % 10 === 0) await setImmediate();
  }
  return sum;
}

function hasNoDivisor(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor += 1) {
    if (n % divisor === 0) return false;
  }
  return true;
}
