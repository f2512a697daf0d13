// Takes its listener away when the sum is done, or when isPrime throws. After an abort it stays.
// fails: leaves no listener on the signal
import { setImmediate } from 'node:timers/promises';

export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

export async function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  signal?.throwIfAborted();
  let stopped = false;
  const stop = (): void => {
    stopped = true;
  };
  signal?.addEventListener('abort', stop);
  let sum = 0;
  try {
    for (let n = 2; n <= limit; n += 1) {
      if (n % 1000 === 0) await setImmediate();
      if (stopped) break;
      if (isPrime(n)) sum += n;
    }
  } catch (error) {
    signal?.removeEventListener('abort', stop);
    throw error;
  }
  signal?.throwIfAborted();
  signal?.removeEventListener('abort', stop);
  return sum;
}

function hasNoDivisor(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor += 1) {
    if (n % divisor === 0) return false;
  }
  return true;
}
