// Remembers what isPrime said, for all sums. The next sum has another isPrime, which is not asked: it is given the answers of the first.
// fails: isPrime decides, and is asked once for every number
// fails: two sums at the same time are both right
// fails: two sums at the same time know nothing of each other
// fails: the loop turns as often where no number is a prime
// fails: resolves with the sum of the primes up to and with the limit
import { setImmediate } from 'node:timers/promises';

export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

const known = new Map<number, boolean>();

export async function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  let sum = 0;
  for (let n = 2; n <= limit; n += 1) {
    if (n % 1000 === 0) await setImmediate();
    signal?.throwIfAborted();
    const answer = known.get(n) ?? isPrime(n);
    known.set(n, answer);
    if (answer) sum += n;
  }
  return sum;
}

function hasNoDivisor(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor += 1) {
    if (n % divisor === 0) return false;
  }
  return true;
}
