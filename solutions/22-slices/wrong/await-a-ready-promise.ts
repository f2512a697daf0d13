// Awaits something that is ready: that is a microtask, and all microtasks run before the loop turns.
// fails: the event loop turns at least once in every 2,000 calls of isPrime
// fails: the loop turns as often where no number is a prime
// fails: without an isPrime of the caller the loop turns as often
// fails: an abort stops the work within 2,000 calls
// fails: an abort amid the work rejects with its reason
export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

export async function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  let sum = 0;
  for (let n = 2; n <= limit; n += 1) {
    if (n % 1000 === 0) await Promise.resolve();
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
