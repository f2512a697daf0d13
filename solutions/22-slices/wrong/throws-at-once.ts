// Works the first slice outside of the promise: an error of isPrime there is thrown at the caller, and no `catch` of the promise sees it.
// fails: an error of isPrime rejects the sum and ends the work
export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

export function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  if (signal?.aborted) return Promise.reject(signal.reason as Error);
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  let sum = 0;
  let n = 2;
  const slice = (): void => {
    for (const end = n + 1000; n < end && n <= limit; n += 1) {
      if (isPrime(n)) sum += n;
    }
    if (n <= limit) setImmediate(nextSlice);
    else resolve(sum);
  };
  const nextSlice = (): void => {
    try {
      signal?.throwIfAborted();
      slice();
    } catch (error) {
      reject(error);
    }
  };
  slice();
  return promise;
}

function hasNoDivisor(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor += 1) {
    if (n % divisor === 0) return false;
  }
  return true;
}
