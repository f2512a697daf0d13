// Begins a sum only when the one before is done: who asks for ten numbers waits for ten million.
// fails: two sums at the same time know nothing of each other
import { setImmediate } from 'node:timers/promises';

export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

let last: Promise<unknown> = Promise.resolve();

export function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  const sum = last.then(() => addUp(limit, isPrime, signal));
  last = sum.catch(() => {});
  return sum;
}

async function addUp(
  limit: number,
  isPrime: (n: number) => boolean,
  signal?: AbortSignal,
): Promise<number> {
  let sum = 0;
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
