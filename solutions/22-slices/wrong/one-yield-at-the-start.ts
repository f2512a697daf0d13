// Lets the loop turn once, before all the work, so that the call comes back quickly. Then it works in one go.
// fails: the event loop turns at least once in every 2,000 calls of isPrime
// fails: the loop turns as often where no number is a prime
// fails: without an isPrime of the caller the loop turns as often
// fails: an abort stops the work within 2,000 calls
// fails: an abort amid the work rejects with its reason
// fails: two sums at the same time know nothing of each other
import { setImmediate } from 'node:timers/promises';

export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

export async function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  await setImmediate();
  let sum = 0;
  for (let n = 2; n <= limit; n += 1) {
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
