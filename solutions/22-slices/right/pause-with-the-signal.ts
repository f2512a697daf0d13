import { setImmediate } from 'node:timers/promises';

export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

// The pause itself hears the abort, and rejects with an AbortError whose cause is the reason.
export async function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  let sum = 0;
  for (let from = 2; from <= limit; from += 1500) {
    await setImmediate(undefined, { signal });
    const end = Math.min(from + 1500, limit + 1);
    for (let n = from; n < end; n += 1) if (isPrime(n)) sum += n;
  }
  return sum;
}

function hasNoDivisor(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor += 1) {
    if (n % divisor === 0) return false;
  }
  return true;
}
