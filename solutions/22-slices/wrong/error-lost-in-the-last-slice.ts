// Slices in callbacks. In the last one, `finally` resolves with what there is before anybody can hear of an error.
// fails: an error of isPrime rejects the sum and ends the work
export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

export function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  return new Promise((resolve, reject) => {
    let sum = 0;
    let from = 2;
    const slice = (): void => {
      const end = Math.min(from + 999, limit);
      try {
        if (signal?.aborted) {
          reject(signal.reason as Error);
          return;
        }
        for (let n = from; n <= end; n += 1) if (isPrime(n)) sum += n;
        from = end + 1;
        if (from <= limit) setImmediate(slice);
      } catch (error) {
        if (end < limit) reject(error);
      } finally {
        if (end === limit || limit < 2) resolve(sum);
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
