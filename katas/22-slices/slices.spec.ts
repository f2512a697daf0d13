import { expect, kata, loopTurns, random, real, test, turns, until } from '#harness';

const load = kata(() => import('./slices.ts'));

const mostCalls = 2000;
/** Large, and not known before. */
const limit = random().int(9000, 20_000);

test('the event loop turns at least once in every 2,000 calls of isPrime', async () => {
  const tally = await judge(isPrimeNumber, ({ mostInOneTurn }) => mostInOneTurn);

  expectShortSlices(tally);
});

test('the loop turns as often where no number is a prime', async () => {
  const tally = await judge(
    () => false,
    ({ mostInOneTurn }) => mostInOneTurn,
  );

  expectShortSlices(tally);
});

test('the work is spread over fewer turns than a twentieth of the limit', async () => {
  const tally = await judge(isPrimeNumber, (seen) => seen.turns);

  if (tally.turns >= limit / 20) {
    expect.fail(
      `The work was interrupted too often: ${told(tally.calls)} calls of isPrime were spread over ${told(tally.turns)} turns of the event loop. All calls for a limit of ${told(limit)} should take fewer turns than that: each turn costs time.`,
    );
  }
});

test('without an isPrime of the caller the loop turns as often', async () => {
  const { sumPrimes } = await load();
  const controller = new AbortController();
  const enough = 20;
  let seen = 0;

  const sum = watch(sumPrimes(100_000, { signal: controller.signal }));
  for (; seen < enough && sum.pending; seen += 1) await turns(1);
  controller.abort();
  await sum.end;

  expect(
    seen,
    `Turns of the event loop (no more than ${enough} are counted) while the primes up to 100,000 were added`,
  ).toBe(enough);
});

test('resolves with the sum of the primes up to and with the limit', async () => {
  const { sumPrimes } = await load();
  const seeded = random();
  const limits = [-1, 0, 1, 2, 3, 4, 9, 10, 25, seeded.int(30, 200), seeded.int(2100, 2400)];

  for (const upTo of limits) {
    const sum = await sumPrimes(upTo);

    expect(sum, `The sum of the primes up to and with ${upTo}`).toBe(sumOf(upTo, isPrimeNumber));
  }
});

test('isPrime decides, and is asked once for every number', async () => {
  const { sumPrimes } = await load();
  const seeded = random();
  const upTo = seeded.int(2100, 2400);
  let asked: number[] = [];
  const choose = () => {
    const chosen = new Set(numbersUpTo(upTo).filter(() => seeded.next() < 0.3));
    return (n: number): boolean => {
      asked.push(n);
      return chosen.has(n);
    };
  };
  const one = choose();
  const sums = [
    { isPrime: one, which: 'a first sum' },
    { isPrime: choose(), which: 'a second sum, which has another isPrime' },
    { isPrime: one, which: 'a third sum, which has the isPrime of the first and asks it anew' },
  ];

  for (const { isPrime, which } of sums) {
    asked = [];

    const sum = await sumPrimes(upTo, { isPrime });

    const missed = numbersUpTo(upTo).filter((n) => !asked.includes(n));
    const sentence = 'The first numbers that isPrime was not asked for';
    expect(missed.slice(0, 5), `${sentence}, in ${which}`).toEqual([]);
    const calls = `Calls of isPrime, for the numbers from 2 to ${upTo}, in ${which}`;
    expect(asked.length, calls).toBe(upTo - 1);
    expect(sum, `The sum of the numbers for which isPrime said true, in ${which}`).toBe(
      sumOf(upTo, isPrime),
    );
  }
});

test('an abort stops the work within 2,000 calls', async () => {
  const { sumPrimes } = await load();
  const controller = new AbortController();
  const from = random().int(300, 900);
  let calls = 0;
  const isPrime = (n: number) => {
    calls += 1;
    return isPrimeNumber(n);
  };

  const sum = watch(sumPrimes(limit, { signal: controller.signal, isPrime }));
  // Whoever aborts does so in a turn of their own.
  await turns(1);
  await until(() => calls >= from || !sum.pending, `${from} calls of isPrime`);
  const before = calls;
  controller.abort();
  await sum.end;
  await whatGoesOn();

  const sentence = 'The work was done before anybody could abort it. Calls of isPrime until then';
  expect(before, sentence).toBeLessThan(limit - 1);
  expect(calls - before, 'Calls of isPrime after the abort').toBeLessThanOrEqual(mostCalls);
});

test('an abort amid the work rejects with its reason', async () => {
  const { sumPrimes } = await load();
  const controller = new AbortController();
  const reason = new Error('The customer has closed the page.');
  const last = random().int(300, 900);
  let calls = 0;

  const sum = sumPrimes(limit, {
    signal: controller.signal,
    isPrime: (n) => {
      calls += 1;
      if (calls === last) controller.abort(reason);
      return isPrimeNumber(n);
    },
  });

  await expect(sum).toRejectWith({ reason });
});

test('with a signal that is already aborted, nothing is begun', async () => {
  const { sumPrimes } = await load();
  const reason = new Error('The customer had closed the page before.');
  let calls = 0;
  const isPrime = () => {
    calls += 1;
    return false;
  };

  await expect(() => sumPrimes(limit, { signal: AbortSignal.abort(reason), isPrime })).toRejectWith(
    { reason },
  );
  expect(calls, 'Calls of isPrime, though the signal was aborted before').toBe(0);
});

test('leaves no listener on the signal', async () => {
  const { sumPrimes } = await load();
  const { signal } = new AbortController();

  await sumPrimes(2500, { signal });
  await turns(1);

  expect(signal).toHaveNoListeners();
});

test('an error of isPrime rejects the sum and ends the work', async () => {
  const { sumPrimes } = await load();
  const broken = new Error('The table of primes is broken.');
  // In the first slice an error can reach the caller; from the second one on nobody stands behind the call who could catch it.
  const failingCalls = [1, random().int(2100, 2900)];

  for (const failAt of failingCalls) {
    const tally = new Tally(isPrimeNumber, { failAt, mostTurns: limit / 20, error: broken });

    const sum = begin(() => sumPrimes(limit, { isPrime: tally.isPrime }), broken);
    const seen = watch(sum);
    await until(() => !seen.pending, 'sumPrimes to reject with the error that isPrime threw', {
      limitMs: 500,
    });

    await expect(sum).toRejectWith(broken);
    await whatGoesOn();
    expect(tally.callsAfterError, 'Calls of isPrime after it threw').toBe(0);
  }
});

test('two sums at the same time are both right', async () => {
  const { sumPrimes } = await load();
  const seeded = random();
  const asked = [
    { upTo: seeded.int(2050, 2200), isPrime: isPrimeNumber },
    { upTo: seeded.int(2250, 2400), isPrime: (n: number) => n === 2 || n % 2 === 1 },
  ];

  const sums = await Promise.all(asked.map(({ upTo, isPrime }) => sumPrimes(upTo, { isPrime })));

  const limits = asked.map(({ upTo }) => upTo).join(' and ');
  const sentence = `The sums up to ${limits}, begun together, each with an isPrime of its own`;
  expect(sums, sentence).toEqual(asked.map(({ upTo, isPrime }) => sumOf(upTo, isPrime)));
});

/**
 * The best of three runs, each by a fresh module: where the machine stops the thread between two timers of one millisecond, Node may run
 * both in one turn. One good run acquits, since work that never gives the loop a turn has none.
 */
async function judge(
  decide: (n: number) => boolean,
  badness: (tally: Tally) => number,
): Promise<Tally> {
  const tallies: Tally[] = [];
  for (let run = 0; run < 3; run += 1) {
    const { sumPrimes } = await load();
    const tally = new Tally(decide, { mostTurns: limit / 20 });
    // Timers come last in a turn: whatever the work waits for then, it goes on in another one.
    await timer();
    await sumPrimes(limit, { isPrime: tally.isPrime }).catch((error: unknown) => {
      if (error !== tally.error) throw error;
    });
    tallies.push(tally);
    if (tally.mostInOneTurn <= mostCalls && tally.turns < limit / 20) break;
  }
  return tallies.reduce((best, tally) => (badness(tally) < badness(best) ? tally : best));
}

function expectShortSlices(tally: Tally): void {
  expect(tally.calls, 'Calls of the isPrime that was given').toBeGreaterThan(0);
  if (tally.mostInOneTurn > mostCalls) {
    const stood = `The event loop stood still for ${told(tally.mostInOneTurn)} calls of isPrime. It should turn at least once in every 2,000.`;
    const awaited =
      'Between these calls something was awaited, but it was ready before the loop could turn.';
    expect.fail(tally.awaitedInOneTurn ? `${stood} ${awaited}` : stood);
  }
}

/** Calls `work`, which should reject with `error`, and not throw it. */
function begin(work: () => Promise<number>, error: Error): Promise<number> {
  try {
    return work();
  } catch (thrown) {
    if (thrown !== error) throw thrown;
    return expect.fail(
      'isPrime threw, and sumPrimes threw the error at its caller at once. It should return a promise that rejects with this error.',
    );
  }
}

interface TallyLimits {
  /** A run with more turns has told enough: the next call throws. */
  readonly mostTurns?: number;
  /** The call that throws. */
  readonly failAt?: number;
  readonly error?: Error;
}

/** An `isPrime` that counts its calls, and the turns of the event loop in which they are made. */
class Tally {
  readonly error: Error;
  calls = 0;
  callsAfterError = 0;
  turns = 0;
  mostInOneTurn = 0;
  /** Whether promises, or what runs when they do, had their turn between two calls of the same turn. */
  awaitedInOneTurn = false;
  #microtaskDue = false;
  #decide: (n: number) => boolean;
  #limits: TallyLimits;
  #thrown = false;
  #turn = -1;
  #inThisTurn = 0;

  constructor(decide: (n: number) => boolean, limits: TallyLimits) {
    this.#decide = decide;
    this.#limits = limits;
    this.error = limits.error ?? new Error('This run has told enough.');
  }

  readonly isPrime = (n: number): boolean => {
    if (this.#thrown) this.callsAfterError += 1;
    this.#count();
    const { failAt = Infinity, mostTurns = Infinity } = this.#limits;
    if (!this.#thrown && (this.calls >= failAt || this.turns > mostTurns)) {
      this.#thrown = true;
      throw this.error;
    }
    return this.#decide(n);
  };

  #count(): void {
    const turn = loopTurns();
    if (turn !== this.#turn) {
      this.#turn = turn;
      this.#inThisTurn = 0;
      this.turns += 1;
    } else if (!this.#microtaskDue) {
      this.awaitedInOneTurn = true;
    }
    this.#noteMicrotasks();
    this.calls += 1;
    this.#inThisTurn += 1;
    this.mostInOneTurn = Math.max(this.mostInOneTurn, this.#inThisTurn);
  }

  #noteMicrotasks(): void {
    if (this.#microtaskDue) return;
    this.#microtaskDue = true;
    queueMicrotask(() => {
      this.#microtaskDue = false;
    });
  }
}

/** Tells when `promise` has settled; a rejection counts as handled. */
function watch(promise: Promise<unknown>): { readonly pending: boolean; end: Promise<void> } {
  let pending = true;
  const settle = (): void => {
    pending = false;
  };
  const end = promise.then(settle, settle);
  return {
    get pending() {
      return pending;
    },
    end,
  };
}

/** Work that was not stopped is seen by then, whether it goes on by immediates or by timers. */
async function whatGoesOn(): Promise<void> {
  for (let round = 0; round < 10; round += 1) {
    await timer();
    await turns(2);
  }
}

function timer(): Promise<void> {
  return new Promise((resolve) => {
    real.setTimeout(resolve, 1);
  });
}

function numbersUpTo(upTo: number): number[] {
  return Array.from({ length: Math.max(0, upTo - 1) }, (_, index) => index + 2);
}

function sumOf(upTo: number, decide: (n: number) => boolean): number {
  return numbersUpTo(upTo)
    .filter((n) => decide(n))
    .reduce((sum, n) => sum + n, 0);
}

function isPrimeNumber(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor += 1) {
    if (n % divisor === 0) return false;
  }
  return n > 1;
}

function told(count: number): string {
  return count.toLocaleString('en-US');
}
