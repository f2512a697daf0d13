// Takes slices of 4,000 numbers where no isPrime is given, since its own is quick.
// fails: without an isPrime of the caller the loop turns as often
import { setImmediate } from 'node:timers/promises';

export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

export async function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  let sum = 0;
  const slice = options.isPrime ? 1000 : 4000;
  for (let n = 2; n <= limit; n += 1) {
    if (n % slice === 0) await setImmediate();
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
