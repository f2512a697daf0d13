import { scheduler } from 'node:timers/promises';

export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

// The work says where it may be interrupted; who runs it says how. It counts downwards.
export async function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  const work = partialSums(limit, isPrime);
  for (;;) {
    signal?.throwIfAborted();
    const { done, value } = work.next();
    if (done) return value;
    await scheduler.yield();
  }
}

function* partialSums(limit: number, isPrime: (n: number) => boolean): Generator<number, number> {
  let sum = 0;
  for (let n = limit; n >= 2; n -= 1) {
    if (isPrime(n)) sum += n;
    if (n % 500 === 0) yield sum;
  }
  return sum;
}

function hasNoDivisor(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor += 1) {
    if (n % divisor === 0) return false;
  }
  return true;
}
