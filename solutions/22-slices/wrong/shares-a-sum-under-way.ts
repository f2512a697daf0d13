// Gives the sum under way to the next caller who asks for the same. When the first caller leaves, the second one loses it too.
// fails: two sums at the same time know nothing of each other
// fails: two sums at the same time are both right
import { setImmediate } from 'node:timers/promises';

export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

const underWay = new Map<string, Promise<number>>();
const names = new Map<unknown, number>();

export async function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal, isPrime = hasNoDivisor } = options;
  const name = names.get(isPrime) ?? names.size;
  names.set(isPrime, name);
  const which = `${name} ${limit}`;
  const known = underWay.get(which);
  if (known) return known;
  const sum = addUp(limit, isPrime, signal).finally(() => underWay.delete(which));
  underWay.set(which, sum);
  return sum;
}

async function addUp(
  limit: number,
  isPrime: (n: number) => boolean,
  signal?: AbortSignal,
): Promise<number> {
  let sum = 0;
  for (let n = 2; n <= limit; n += 1) {
    if (n % 1000 === 0) await setImmediate();
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
