// Listens to the signal, and never takes the listener away: a signal of the whole program collects them.
// fails: leaves no listener on the signal
// fails: with a signal that is already aborted, nothing is begun
// fails: an error of isPrime rejects the sum and ends the work
import { setImmediate } from 'node:timers/promises';

export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

export async function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  let stopped = signal?.aborted ?? false;
  signal?.addEventListener('abort', () => {
    stopped = true;
  });
  let sum = 0;
  for (let n = 2; n <= limit; n += 1) {
    if (n % 1000 === 0) await setImmediate();
    if (stopped) signal?.throwIfAborted();
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
