export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

/** Adds up the primes up to and with `limit`. */
export async function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  let sum = 0;
  for (let n = 2; n <= limit; n += 1) {
    // TODO: until this loop is done nobody else runs. So nobody can abort it either.
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
