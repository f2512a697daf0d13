import { setImmediate } from 'node:timers/promises';

export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

/** Every turn costs some microseconds: too many of them would cost more than the work. */
const numbersInASlice = 1000;

/** Adds up the primes up to and with `limit`. */
export async function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  let sum = 0;
  for (let n = 2; n <= limit; n += 1) {
    // An immediate is run by the event loop itself, so whoever waits for one lets the loop turn; a promise that is ready does not. An
    // abort comes in such a turn, and is seen right after it.
    if (n % numbersInASlice === 0) await setImmediate();
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
