export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

// Callbacks, and slices as long as they may be. Whatever is thrown in a callback must be caught there.
export function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  return new Promise((resolve, reject) => {
    let sum = 0;
    let from = 2;
    const slice = (): void => {
      try {
        signal?.throwIfAborted();
        const end = Math.min(from + 1999, limit);
        for (let n = from; n <= end; n += 1) if (isPrime(n)) sum += n;
        from = end + 1;
        if (from > limit) resolve(sum);
        else setTimeout(slice, 0);
      } catch (error) {
        reject(error);
      }
    };
    slice();
  });
}

function hasNoDivisor(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor += 1) {
    if (n % divisor === 0) return false;
  }
  return true;
}
