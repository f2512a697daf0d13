// A timer after every ten numbers: each takes a millisecond at least, and the work hardly gets on.
// fails: the work is spread over fewer turns than a twentieth of the limit
import { setTimeout } from 'node:timers/promises';

export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

export async function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  let sum = 0;
  for (let n = 2; n <= limit; n += 1) {
    if (n % 10 === 0) await setTimeout(0);
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
