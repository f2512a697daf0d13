// Ends its loop one slice too early where a slice begins with the limit itself: 2,000 is not asked for.
// fails: isPrime decides, and is asked once for every number
import { setImmediate } from 'node:timers/promises';

export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

export async function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  signal?.throwIfAborted();
  let sum = 0;
  for (let from = 0; from < limit; from += 1000) {
    signal?.throwIfAborted();
    const end = Math.min(from + 999, limit);
    for (let n = Math.max(from, 2); n <= end; n += 1) if (isPrime(n)) sum += n;
    await setImmediate();
  }
  return sum;
}

function hasNoDivisor(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor += 1) {
    if (n % divisor === 0) return false;
  }
  return true;
}
