// Has a quick way where no isPrime is given. It is quick, and still it is done in one go.
// fails: without an isPrime of the caller the loop turns as often
// fails: an abort amid the work rejects with its reason
import { setImmediate } from 'node:timers/promises';

export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

export async function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime } = options;
  signal?.throwIfAborted();
  if (!isPrime) return sumBySieve(limit);
  let sum = 0;
  for (let n = 2; n <= limit; n += 1) {
    if (n % 1000 === 0) await setImmediate();
    signal?.throwIfAborted();
    if (isPrime(n)) sum += n;
  }
  return sum;
}

function sumBySieve(limit: number): number {
  const crossedOut = new Set<number>();
  let sum = 0;
  for (let n = 2; n <= limit; n += 1) {
    if (crossedOut.has(n)) continue;
    sum += n;
    for (let multiple = n * n; multiple <= limit; multiple += n) crossedOut.add(multiple);
  }
  return sum;
}
