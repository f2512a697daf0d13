// Slices in callbacks. From the second one on, an error of isPrime is thrown where no promise catches it.
// fails: an error of isPrime rejects the sum and ends the work
export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

export function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  return new Promise((resolve, reject) => {
    let sum = 0;
    let n = 2;
    const slice = (): void => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      for (const end = n + 1000; n < end && n <= limit; n += 1) {
        if (isPrime(n)) sum += n;
      }
      if (n <= limit) setImmediate(slice);
      else resolve(sum);
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
