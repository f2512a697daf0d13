// Races against the abort: the caller is told at once, and the work goes on for nobody.
// fails: an abort stops the work within 2,000 calls
import { setImmediate } from 'node:timers/promises';

export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

export function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  if (!signal) return addUp(limit, isPrime);
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const leave = (): void => {
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', leave, { once: true });
    addUp(limit, isPrime)
      .then(resolve, reject)
      .finally(() => {
        signal.removeEventListener('abort', leave);
      });
  });
}

async function addUp(limit: number, isPrime: (n: number) => boolean): Promise<number> {
  let sum = 0;
  for (let n = 2; n <= limit; n += 1) {
    if (n % 1000 === 0) await setImmediate();
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
