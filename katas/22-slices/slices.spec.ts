import { expect, kata, loopTurns, random, real, test, turns, until } from '#harness';

const load = kata(() => import('./slices.ts'));

const mostCalls = 2000;
/** Large, and not known before. */
const limit = random().int(9000, 20_000);
/** Where a slice of a round length ends, or another one begins. 1,009 and 2,003 are primes. */
const limitsAtAnEdge = [1000, 1001, 1009, 2000, 2001, 2002, 2003, 2048, 2049, 4000, 4001];

test('the event loop turns at least once in every 2,000 calls of isPrime', async () => {
  // Also where each number is a prime: neither the primes nor the others may be what is counted.
  for (const decide of [isPrimeNumber, () => true]) {
    const tally = await judge(decide, ({ mostInOneTurn }) => mostInOneTurn);

    expectShortSlices(tally, decide === isPrimeNumber ? '' : ' Here each number was a prime.');
  }
});

test('the loop turns as often where no number is a prime', async () => {
  const tally = await judge(
    () => false,
    ({ mostInOneTurn }) => mostInOneTurn,
    // An isPrime that takes next to no time: a clock that says when to pause comes too late here, on any machine.
    { upTo: 2 * limit, quick: true, sumsBefore: 1 },
  );

  expectShortSlices(
    tally,
    ' Here no number was a prime, isPrime was quick, and another sum came before this one.',
  );
});

test('the work is spread over fewer turns than a twentieth of the limit', async () => {
  for (const decide of [isPrimeNumber, () => true]) {
    const tally = await judge(decide, (seen) => seen.turns);

    if (tally.turns >= limit / 20) {
      const each = decide === isPrimeNumber ? '' : ' Here each number was a prime.';
      expect.fail(
        `The work was interrupted too often: ${told(tally.calls)} calls of isPrime were spread over ${told(tally.turns)} turns of the event loop. All calls for a limit of ${told(limit)} should take fewer turns than that: each turn costs time.${each}`,
      );
    }
  }
});

test('without an isPrime of the caller the loop turns as often', async () => {
  const { sumPrimes } = await load();
  const controller = new AbortController();
  // Even slices of 2,000 have as many turns between them.
  const enough = 49;
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

  for (const upTo of [...limits, ...limitsAtAnEdge]) {
    const sum = await sumPrimes(upTo);

    expect(sum, `The sum of the primes up to and with ${upTo}`).toBe(sumOf(upTo, isPrimeNumber));
  }

  // A sum of more than 32 bits. Where so many turns are taken that it would last long, nobody waits for it.
  const isOdd = (n: number) => n === 2 || n % 2 === 1;
  const tally = new Tally(isOdd, { mostTurns: 300, quick: true });
  const large = await sumPrimes(149_993, { isPrime: tally.isPrime }).catch((error: unknown) => {
    if (error !== tally.error) throw error;
  });
  if (large !== undefined) {
    const told =
      'The sum up to and with 149,993, where isPrime says true for 2 and all odd numbers';
    expect(large, told).toBe(5_624_550_010);
  }
});

test('isPrime decides, and is asked once for every number', async () => {
  const { sumPrimes } = await load();
  const seeded = random();
  const largest = Math.max(...limitsAtAnEdge);
  let asked: number[] = [];
  const choose = (share = 0.3) => {
    const chosen = new Set(numbersUpTo(largest).filter(() => seeded.next() < share));
    return (n: number): boolean => {
      asked.push(n);
      return chosen.has(n);
    };
  };
  const upTo = seeded.int(2100, 2400);
  const one = choose();
  const sums = [
    { upTo, isPrime: one, which: 'a first sum' },
    { upTo, isPrime: choose(), which: 'a second sum, which has another isPrime' },
    {
      upTo,
      isPrime: one,
      which: 'a third sum, which has the isPrime of the first and asks it anew',
    },
    ...[-1, 0, 1, 2, 3, 10, ...limitsAtAnEdge].map((edge) => ({
      upTo: edge,
      isPrime: choose(0.7),
      which: `a sum up to and with ${edge}`,
    })),
  ];

  for (const { upTo, isPrime, which } of sums) {
    asked = [];

    const sum = await sumPrimes(upTo, { isPrime });

    const times = asked.length;
    const known = new Set(asked);
    const missed = numbersUpTo(upTo).filter((n) => !known.has(n));
    const sentence = 'The first numbers that isPrime was not asked for';
    expect(missed.slice(0, 5), `${sentence}, in ${which}`).toEqual([]);
    const calls = `Calls of isPrime, for the numbers from 2 to ${upTo}, in ${which}`;
    expect(times, calls).toBe(numbersUpTo(upTo).length);
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
  const reason = new Error('The customer has closed the page.');
  const early = random().int(300, 900);
  const late = random().int(5000, 6500);
  const aborts = [
    { after: early, reason, moment: `in call ${early} of isPrime` },
    { after: late, reason, moment: `in call ${told(late)} of isPrime` },
    { after: 0, reason, moment: 'right after sumPrimes was called' },
    { after: early, reason: null, moment: `in call ${early} of isPrime, with null for a reason` },
  ];

  for (const { after, reason, moment } of aborts) {
    const controller = new AbortController();
    let calls = 0;
    const isPrime = (n: number) => {
      calls += 1;
      if (calls === after) controller.abort(reason);
      return isPrimeNumber(n);
    };

    const sum = sumPrimes(2 * limit, { signal: controller.signal, isPrime });
    const before = calls;
    if (after === 0) controller.abort(reason);

    await expect(sum, `The signal was aborted ${moment}`).toRejectWith({ reason });
    const more = calls - (after === 0 ? before : after);
    const sentence = `Calls of isPrime after an abort ${moment}`;
    expect(more, sentence).toBeLessThanOrEqual(mostCalls);
  }

  // Without an isPrime nobody sees the numbers, but the caller can leave as well.
  const controller = new AbortController();
  const sum = sumPrimes(100_000, { signal: controller.signal });
  const rejected = expect(sum, 'The signal of a sum without an isPrime was aborted').toRejectWith({
    reason,
  });
  await turns(3);
  controller.abort(reason);
  await rejected;
});

test('an abort that comes too late leaves the sum whole', async () => {
  const { sumPrimes } = await load();
  const reason = new Error('The customer closed the page nearly too late.');
  const isOdd = (n: number) => n === 2 || n % 2 === 1;
  const aborts = [
    { upTo: 100, after: 30 },
    { upTo: 100, after: 99 },
    { upTo: limit, after: limit - 3 },
  ];

  for (const { upTo, after } of aborts) {
    const controller = new AbortController();
    let calls = 0;
    const isPrime = (n: number) => {
      calls += 1;
      if (calls === after) controller.abort(reason);
      return isOdd(n);
    };

    const sum = sumPrimes(upTo, { signal: controller.signal, isPrime });

    const came = `The signal was aborted in call ${told(after)} of ${told(upTo - 1)}`;
    const resolved = await sum.then(
      () => true,
      () => false,
    );
    if (!resolved) await expect(sum, came).toRejectWith({ reason });
    else
      expect(await sum, `${came}, and the sum resolved all the same. The sum`).toBe(
        sumOf(upTo, isOdd),
      );
  }
});

test('with a signal that is already aborted, nothing is begun', async () => {
  const { sumPrimes } = await load();
  const reason = new Error('The customer had closed the page before.');
  let calls = 0;
  const isPrime = () => {
    calls += 1;
    return false;
  };

  for (const { reason: why, ...given } of [
    { reason, isPrime },
    { reason },
    { reason: null, isPrime },
  ]) {
    const signal = AbortSignal.abort(why);
    const before = `The signal was aborted before${why ? '' : ', with null for a reason'}`;

    await expect(() => sumPrimes(limit, { signal, ...given }), before).toRejectWith({
      reason: why,
    });
    expect(calls, `Calls of isPrime. ${before}`).toBe(0);
    await turns(1);
    expect(signal, before).toHaveNoListeners();
  }
});

test('leaves no listener on the signal', async () => {
  const { sumPrimes } = await load();
  const endings: Record<string, (controller: AbortController) => Promise<number>> = {
    'A sum was resolved': ({ signal }) => sumPrimes(2500, { signal }),
    'A sum up to 1, which is 0, was resolved': ({ signal }) => sumPrimes(1, { signal }),
    'isPrime threw in its first call': ({ signal }) =>
      sumPrimes(limit, { signal, isPrime: failing(1) }),
    'The signal was aborted amid the work': (controller) => {
      let calls = 0;
      const isPrime = () => {
        calls += 1;
        if (calls === 1500) controller.abort();
        return true;
      };
      return sumPrimes(limit, { signal: controller.signal, isPrime });
    },
  };

  for (const [ending, run] of Object.entries(endings)) {
    const controller = new AbortController();

    await watch(Promise.try(run, controller)).end;
    await turns(1);

    expect(controller.signal, ending).toHaveNoListeners();
  }
});

test('an error of isPrime rejects the sum and ends the work', async () => {
  const broken = new Error('The table of primes is broken.');
  // In the first slice an error can reach the caller; from the second one on nobody stands behind the call who could catch it.
  const { signal } = new AbortController();
  const small = random().int(40, 90);
  const middle = random().int(2100, 2900);
  const failures: { upTo: number; failAt: number; error: unknown; signal?: AbortSignal }[] = [
    { upTo: limit, failAt: 1, error: broken },
    { upTo: limit, failAt: random().int(2100, 2900), error: broken, signal },
    { upTo: limit, failAt: random().int(4000, 4400), error: 'a text' },
    { upTo: limit, failAt: random().int(2100, 2900), error: undefined },
    // The last call of all.
    { upTo: middle, failAt: middle - 1, error: broken },
    { upTo: small, failAt: small - 1, error: null, signal },
  ];

  for (const { upTo, failAt, error, signal } of failures) {
    const { sumPrimes } = await load();
    const tally = new Tally(isPrimeNumber, { failAt, mostTurns: upTo / 20, error });
    const given = signal ? { signal } : {};

    const sum = begin(() => sumPrimes(upTo, { isPrime: tally.isPrime, ...given }), error);
    const seen = watch(sum);
    await until(() => !seen.pending, 'sumPrimes to reject with the error that isPrime threw', {
      limitMs: 500,
    });

    const what = error instanceof Error ? 'an error' : String(error);
    const aborted = signal ? ' (there was a signal, and nobody aborted it)' : '';
    const threw = `isPrime threw ${what} in call ${told(failAt)} of ${told(upTo - 1)}${aborted}`;
    await expect(sum, threw).toRejectWith(error);
    if (failAt < upTo - 1) await whatGoesOn();
    if (signal) expect(signal, threw).toHaveNoListeners();
    expect(tally.callsAfterError, 'Calls of isPrime after it threw').toBe(0);
  }
});

test('two sums at the same time are both right', async () => {
  const { sumPrimes } = await load();
  const seeded = random();
  let calls = 0;
  const counted = (n: number) => {
    calls += 1;
    return isPrimeNumber(n);
  };
  const twice = { upTo: seeded.int(2050, 2200), isPrime: counted };
  const other = { upTo: seeded.int(2250, 2400), isPrime: (n: number) => n === 2 || n % 2 === 1 };
  const asked = [twice, other, twice];

  const sums = await Promise.all(asked.map(({ upTo, isPrime }) => sumPrimes(upTo, { isPrime })));

  const times = calls;
  const limits = asked.map(({ upTo }) => upTo).join(', ');
  const sentence = `The sums up to ${limits}, begun together. The first and the last have the same isPrime, the one between has another`;
  expect(sums, sentence).toEqual(asked.map(({ upTo, isPrime }) => sumOf(upTo, isPrime)));
  const each = `Two sums up to ${twice.upTo} with the same isPrime were begun together, and each asks it once for every number. Calls of this isPrime`;
  expect(times, each).toBe(2 * (twice.upTo - 1));
});

test('two sums at the same time know nothing of each other', async () => {
  const { sumPrimes } = await load();
  const reason = new Error('One of two customers has closed the page');

  for (const given of [{ isPrime: isPrimeNumber }, {}]) {
    const which = given.isPrime ? 'the same isPrime' : 'no isPrime';
    const together = `Two sums up to ${told(limit)} with ${which} were begun together, and the first one was aborted`;
    const leaving = new AbortController();
    const left = watch(sumPrimes(limit, { signal: leaving.signal, ...given }));
    const stayed = sumPrimes(limit, { signal: new AbortController().signal, ...given }).catch(
      (error: unknown) =>
        expect.fail(
          `${together}. The other one rejected too, with ${String(error)}. Nobody had aborted it.`,
        ),
    );
    await turns(1);
    leaving.abort(reason);
    await Promise.all([stayed, left.end]);
  }

  let asked = false;
  const long = sumPrimes(limit, { isPrime: isPrimeNumber }).then(() => asked);
  await sumPrimes(10, {
    isPrime: () => {
      asked = true;
      return true;
    },
  });
  if (!(await long)) {
    expect.fail(
      'A second sum, up to 10, was begun while a long one was at work. It called its isPrime only when the long one was done: it should not wait for it.',
    );
  }

  const shared = new AbortController();
  const { signal } = shared;
  let calls = 0;
  const isPrime = (n: number) => {
    calls += 1;
    // Both have had some slices then, and the short one had its time.
    if (calls === 10_000) shared.abort(reason);
    return isPrimeNumber(n);
  };
  const sums = ['first', 'second'].map((which) =>
    expect(
      // So long that the abort cannot come in the last calls.
      sumPrimes(3 * limit, { signal, isPrime }),
      `Two long sums and a short one had the same signal. It was aborted while the long ones were at work. The ${which} of them`,
    ).toRejectWith({ reason }),
  );
  await Promise.try(sumPrimes, 1, { signal }).catch((error: unknown) =>
    expect.fail(
      `Two long sums were begun, and then a sum up to 1. It rejected with ${String(error)}, since the long ones had called isPrime ${told(calls)} times before it could end.`,
    ),
  );
  await Promise.all(sums);
});

interface Circumstances {
  readonly upTo?: number;
  readonly quick?: boolean;
  /** How many sums the same module adds before: also its second sum is right. */
  readonly sumsBefore?: number;
}

/**
 * The best of three runs, each by a fresh module: where the machine stops the thread between two timers of one millisecond, Node may run
 * both in one turn. One good run acquits, since work that never gives the loop a turn has none.
 */
async function judge(
  decide: (n: number) => boolean,
  badness: (tally: Tally) => number,
  { upTo = limit, quick = false, sumsBefore = 0 }: Circumstances = {},
): Promise<Tally> {
  const tallies: Tally[] = [];
  for (let run = 0; run < 3; run += 1) {
    const { sumPrimes } = await load();
    for (let before = 0; before < sumsBefore; before += 1) {
      // As long as the sum that is judged, but not where that would last long.
      const { isPrime } = new Tally(decide, { mostTurns: 100, quick });
      await sumPrimes(upTo, { isPrime }).catch(() => {});
    }
    const tally = new Tally(decide, { mostTurns: upTo / 20, quick });
    // Timers come last in a turn: whatever the work waits for then, it goes on in another one.
    await timer();
    await sumPrimes(upTo, { isPrime: tally.isPrime }).catch((error: unknown) => {
      if (error !== tally.error) throw error;
    });
    tallies.push(tally);
    if (tally.mostInOneTurn <= mostCalls && tally.turns < upTo / 20) break;
  }
  return tallies.reduce((best, tally) => (badness(tally) < badness(best) ? tally : best));
}

function expectShortSlices(tally: Tally, where: string): void {
  expect(tally.calls, 'Calls of the isPrime that was given').toBeGreaterThan(0);
  if (tally.mostInOneTurn > mostCalls) {
    const stood = `The event loop stood still for ${told(tally.mostInOneTurn)} calls of isPrime. It should turn at least once in every 2,000.${where}`;
    const awaited =
      'Between these calls something was awaited, but it was ready before the loop could turn.';
    expect.fail(tally.awaitedInOneTurn ? `${stood} ${awaited}` : stood);
  }
}

/** Calls `work`, which should reject with `error`, and not throw it. */
function begin(work: () => Promise<number>, error: unknown): Promise<number> {
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
  readonly error?: unknown;
  /** Costs next to no time: asks for the turn only where another one can have begun. */
  readonly quick?: boolean;
}

/** An `isPrime` that counts its calls, and the turns of the event loop in which they are made. */
class Tally {
  readonly error: unknown;
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
    this.error = 'error' in limits ? limits.error : new Error('This run has told enough.');
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
    // As long as a microtask waits for its turn, the loop cannot have turned.
    const turn = this.#limits.quick && this.#microtaskDue ? this.#turn : loopTurns();
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

/** An `isPrime` that throws in call `failAt`. */
function failing(failAt: number): (n: number) => boolean {
  return new Tally(isPrimeNumber, { failAt }).isPrime;
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

/** With a comma after each thousand. `Intl` says the same, and takes as long as a test to load. */
function told(count: number): string {
  return String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}
