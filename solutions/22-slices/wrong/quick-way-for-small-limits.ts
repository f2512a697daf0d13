// Small limits are quick, so it adds real primes there, and does not ask the isPrime of the caller.
// fails: isPrime decides, and is asked once for every number
// fails: an abort that comes too late leaves the sum whole
// fails: two sums at the same time know nothing of each other
// fails: an error of isPrime rejects the sum and ends the work
import { setImmediate } from 'node:timers/promises';

export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

export async function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  signal?.throwIfAborted();
  let sum = 0;
  if (limit < 1000) {
    for (let n = 2; n <= limit; n += 1) if (hasNoDivisor(n)) sum += n;
    return sum;
  }
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
