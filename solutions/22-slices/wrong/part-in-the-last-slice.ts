// Leaves its loop at an abort, and looks at the signal before the next slice. After the last slice there is none.
// fails: an abort that comes too late leaves the sum whole
import { setImmediate } from 'node:timers/promises';

export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

export async function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  let sum = 0;
  for (let from = 2; from <= limit; from += 1000) {
    signal?.throwIfAborted();
    const end = Math.min(from + 999, limit);
    for (let n = from; n <= end; n += 1) {
      if (signal?.aborted) break;
      if (isPrime(n)) sum += n;
    }
    if (end < limit) await setImmediate();
  }
  return sum;
}

function hasNoDivisor(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor += 1) {
    if (n % divisor === 0) return false;
  }
  return true;
}
