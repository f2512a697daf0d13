// Sends itself a message, as code for browsers does. Node takes up to a thousand messages of a port in one turn.
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
  using port = openPort();
  let sum = 0;
  for (let n = 2; n <= limit; n += 1) {
    if (n % 1000 === 0) await port.turn();
    signal?.throwIfAborted();
    if (isPrime(n)) sum += n;
  }
  return sum;
}

// A message on a channel is how code for browsers gives way.
function openPort(): Disposable & { turn: () => Promise<void> } {
  const { port1, port2 } = new MessageChannel();
  let go = (): void => {};
  port2.addEventListener('message', () => {
    go();
  });
  port2.start();
  return {
    turn: () =>
      new Promise((resolve) => {
        go = resolve;
        port1.postMessage(null);
      }),
    [Symbol.dispose]: () => {
      port1.close();
    },
  };
}

function hasNoDivisor(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor += 1) {
    if (n % divisor === 0) return false;
  }
  return true;
}
