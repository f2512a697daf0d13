// Keeps what isPrime threw in a variable, where undefined means that nothing was thrown. But undefined can be thrown.
// fails: an error of isPrime rejects the sum and ends the work
import { setImmediate } from 'node:timers/promises';

export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

export async function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  let sum = 0;
  let failure: unknown;
  for (let n = 2; n <= limit && failure === undefined; n += 1) {
    if (n % 1000 === 0) await setImmediate();
    signal?.throwIfAborted();
    try {
      if (isPrime(n)) sum += n;
    } catch (error) {
      failure = error;
    }
  }
  if (failure) throw failure;
  return sum;
}

function hasNoDivisor(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor += 1) {
    if (n % divisor === 0) return false;
  }
  return true;
}
