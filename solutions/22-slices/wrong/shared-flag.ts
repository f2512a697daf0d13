// Notes an abort in a variable outside of the function. Whoever aborts one sum stops the other one too.
// fails: two sums at the same time know nothing of each other
import { setImmediate } from 'node:timers/promises';

export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

let stopped = false;

export async function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  signal?.throwIfAborted();
  stopped = false;
  const stop = (): void => {
    stopped = true;
  };
  signal?.addEventListener('abort', stop);
  try {
    let sum = 0;
    for (let n = 2; n <= limit; n += 1) {
      if (n % 1000 === 0) await setImmediate();
      if (stopped) throw signal?.reason;
      if (isPrime(n)) sum += n;
    }
    return sum;
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

function hasNoDivisor(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor += 1) {
    if (n % divisor === 0) return false;
  }
  return true;
}
