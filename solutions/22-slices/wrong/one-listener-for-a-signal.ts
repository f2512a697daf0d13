// All sums with the same signal share one listener, and the first sum that is done takes it away from the others.
// fails: two sums at the same time know nothing of each other
import { setImmediate } from 'node:timers/promises';

export interface SumOptions {
  signal?: AbortSignal;
  isPrime?: (n: number) => boolean;
}

interface Ear {
  stopped: boolean;
  stop: () => void;
}

const ears = new WeakMap<AbortSignal, Ear>();

export async function sumPrimes(limit: number, options: SumOptions = {}): Promise<number> {
  const { signal = new AbortController().signal, isPrime = hasNoDivisor } = options;
  signal.throwIfAborted();
  const ear = earFor(signal);
  try {
    let sum = 0;
    for (let n = 2; n <= limit; n += 1) {
      if (n % 1000 === 0) await setImmediate();
      if (ear.stopped) throw signal.reason;
      if (isPrime(n)) sum += n;
    }
    return sum;
  } finally {
    signal.removeEventListener('abort', ear.stop);
    ears.delete(signal);
  }
}

function earFor(signal: AbortSignal): Ear {
  const known = ears.get(signal);
  if (known) return known;
  const ear: Ear = {
    stopped: false,
    stop: () => {
      ear.stopped = true;
    },
  };
  signal.addEventListener('abort', ear.stop);
  ears.set(signal, ear);
  return ear;
}

function hasNoDivisor(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor += 1) {
    if (n % divisor === 0) return false;
  }
  return true;
}
