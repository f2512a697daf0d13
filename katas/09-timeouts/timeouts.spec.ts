import { AssertionError } from 'node:assert';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import {
  currentTrace,
  expect,
  inVirtualTime,
  kata,
  microtasks,
  random,
  startSlowApi,
  test,
  turns,
  until,
} from '#harness';
import type { SlowApi } from '#harness';

// Languages and libraries decide some of this in different ways. A comment names those that were looked at:
//   asyncio  `asyncio.timeout` and `asyncio.wait_for`: python/cpython, Lib/asyncio/timeouts.py, Lib/test/test_asyncio/
//   Kotlin   `withTimeout`: Kotlin/kotlinx.coroutines, kotlinx-coroutines-core/common/test/WithTimeoutTest.kt

const load = kata(() => import('./timeouts.ts'));

const cameOut = 'What came out of withTimeout';
const dayMs = 24 * 60 * 60 * 1000;

// As in asyncio and Kotlin, where the block is cancelled and its `finally` is waited for. Not so p-timeout, which leaves the work behind.
test('when the time is up, the work is stopped before the TimeoutError comes', async () => {
  const { withTimeout } = await load();

  const run = await observe(() => outcomeOf(withTimeout(100, stopSlowly)));

  expectNobodyAtWork(run);
  expect(nameOf(run.value), cameOut).toBe('TimeoutError');
  expectEnd(run, 20_100, 'The time was up at 100 ms, and the clean-up takes 20000 ms');
});

test('in time, its value or its very error comes out, of a plain function too', async () => {
  const { withTimeout } = await load();
  const nonce = random().nonce();
  const failure = new Error('no such customer');
  let calls = 0;
  const count = () => {
    calls += 1;
    return nonce;
  };
  const fail = () => {
    calls += 1;
    throw failure;
  };
  // Of the work's own, from a limit inside of it.
  const tooSlow = new DOMException('The archive was too slow.', 'TimeoutError');
  const nothing: unknown = undefined;
  const throwNothing = () => {
    throw nothing;
  };

  const run = await observe(async () => ({
    value: await withTimeout(100, (signal) => work('just in time', 99, signal).then(() => nonce)),
    plain: await withTimeout(100, count),
    nothing: await withTimeout(100, () => undefined),
    error: await outcomeOf(withTimeout(100, () => Promise.reject(failure))),
    thrown: await rejectionOf(() => withTimeout(100, fail)),
    tooSlow: await outcomeOf(withTimeout(100, () => Promise.reject(tooSlow))),
    thrownNothing: await settlementOf(withTimeout(100, throwNothing)),
    given: await settlementOf(withTimeout(100, () => failure)),
    soon: await callsSoonAfter((work) => withTimeout(100, work)),
  }));

  expectEnd(run, 99, 'One work took 99 ms, all others nothing');
  expect(run.value.value, cameOut).toBe(nonce);
  expect(run.value.plain, `${cameOut}, for a plain function`).toBe(nonce);
  expect(calls, 'Calls of two plain functions, one of which threw').toBe(2);
  expect(run.value.nothing, `${cameOut}, for a work without a value`).toBe(undefined);
  expectError(run.value.error, failure, 'The work failed in time');
  expectError(run.value.thrown, failure, 'The work threw at once');
  expectError(run.value.tooSlow, tooSlow, 'The work failed in time, by a limit of its own');
  expect(run.value.thrownNothing.status, 'The work threw undefined, so withTimeout').toBe(
    'rejected',
  );
  expect(run.value.given.status, 'The work returned an Error and threw none, so withTimeout').toBe(
    'fulfilled',
  );
  expect(run.value.soon, 'Calls of the work, a few turns after the call of withTimeout').toBe(1);
});

// In asyncio a CancelledError after the timeout becomes a TimeoutError, whoever has sent it. Both are right here, after the abort.
test('an AbortError that answers another signal is an error like any other', async () => {
  const { withTimeout } = await load();
  const gaveUp = new DOMException('The archive gave up.', 'AbortError');
  const failToCleanUp = async (signal: AbortSignal) => {
    await work('report', 10_000, signal);
    throw gaveUp;
  };

  const { value } = await observe(async () => ({
    inTime: await outcomeOf(withTimeout(100, () => Promise.reject(gaveUp))),
    inCleanUp: await outcomeOf(withTimeout(100, failToCleanUp)),
  }));

  expectError(value.inTime, gaveUp, 'The work failed in time, by the abort of another signal');
  if (nameOf(value.inCleanUp) !== 'TimeoutError') {
    expectError(value.inCleanUp, gaveUp, 'The clean-up failed, by the abort of another signal');
  }
});

// asyncio: test_wait_for_reraises_exception_during_cancellation. Kotlin: testSuppressExceptionWithAnotherException.
test('an error of the clean-up comes out instead of the TimeoutError', async () => {
  const { withTimeout } = await load();
  const failures = {
    'an error that was caused by its AbortError': (reason: unknown) => {
      const stopped = new DOMException('Stopped.', { name: 'AbortError', cause: reason });
      return new Error('Half a report is left.', { cause: stopped });
    },
    'a TimeoutError of its own': () => new DOMException('No disk answers.', 'TimeoutError'),
    // Never the reason of a signal: an abort without a reason has one all the same.
    undefined: () => undefined,
  };

  for (const stoppedBy of ['the time was up', 'an outer abort']) {
    for (const [what, make] of Object.entries(failures)) {
      const thrown: unknown[] = [];
      const { value } = await observe(async () => {
        const outer = new AbortController();
        const options = { signal: outer.signal };
        const failToCleanUp = async (signal: AbortSignal) => {
          await work('report', 10_000, signal);
          thrown.push(make(signal.reason));
          throw thrown[0];
        };
        const running = settlementOf(withTimeout(100, failToCleanUp, options));
        await sleep(50);
        if (stoppedBy === 'an outer abort') outer.abort(new Error('The customer has left.'));
        return running;
      });

      expect(thrown, `The errors of the clean-up after ${stoppedBy}`).toHaveLength(1);
      const error = value.status === 'rejected' ? value.reason : `a value: ${told(value.value)}`;
      expectError(error, thrown[0], `After ${stoppedBy}, the clean-up threw ${what}`);
    }
  }
});

// `fetch` and `throwIfAborted` answer with the reason itself, `node:timers/promises` and `node:events` with an AbortError.
test('a TimeoutError comes out, however the work answers the abort', async () => {
  const { withTimeout } = await load();
  const throwReason = async (signal: AbortSignal) => {
    await work('report', 10_000, signal);
    throw signal.reason;
  };

  const throwByHand = async (signal: AbortSignal) => {
    await work('report', 10_000, signal);
    const error = new Error('Stopped.', { cause: signal.reason });
    throw Object.assign(error, { name: 'AbortError' });
  };

  const run = await observe(() =>
    Promise.all([
      outcomeOf(withTimeout(100, throwReason)),
      outcomeOf(withTimeout(200, (signal) => sleep(10_000, undefined, { signal }))),
      outcomeOf(withTimeout(200, throwByHand)),
    ]),
  );

  const [reason, cause, byHand] = run.value.map(nameOf);
  expect(reason, `${cameOut}, when the work threw the reason`).toBe('TimeoutError');
  const what = `${cameOut}, when the work threw an AbortError, its cause the reason`;
  expect(cause, what).toBe('TimeoutError');
  expect(byHand, `${what}, and no code`).toBe('TimeoutError');
  expectEnd(run, 200, 'Three works stop at once, and their limits are 100, 200 and 200 ms');
});

// Kotlin, testSuppressExceptionWithResult, drops a value that comes after the abort; so did `asyncio.wait_for`:
// test_wait_for_raises_timeout_error_if_returned_during_cancellation. `asyncio.timeout` gives it out. Both are right here.
test('a work that does not stop is waited for to its end', async () => {
  const { withTimeout } = await load();
  const outer = new AbortController();
  const reason = new Error('The customer has left.');
  const swallow = async (signal: AbortSignal) => {
    await work('swallows the abort', 10_000, signal);
    return 'a stand-in';
  };
  const returnNothing = (signal: AbortSignal) => work('swallows the abort', 10_000, signal);
  const ignore = () => work('does not listen', 3_600_000).then(() => 'a value, too late');

  const run = await observe(async () => {
    const swallowed = await outcomeOf(withTimeout(100, swallow));
    const nothing = await outcomeOf(withTimeout(100, returnNothing));
    const ignored = await outcomeOf(withTimeout(100, ignore));
    const running = withTimeout(100, swallow, { signal: outer.signal });
    const left = settlementOf(running);
    await sleep(50);
    outer.abort(reason);
    const { status } = await left;
    if (status === 'rejected') {
      await expect(running, 'An outer abort was swallowed').toRejectWith({ reason });
    } else expect(await running, `${cameOut}, after an outer abort`).toBe('a stand-in');
    return { swallowed, nothing, ignored };
  });
  const { swallowed, nothing, ignored } = run.value;

  expectTimeoutOr('a stand-in', swallowed, 'for a swallowed abort');
  expectTimeoutOr(undefined, nothing, 'for a swallowed abort and no value');
  expectTimeoutOr('a value, too late', ignored, 'for a work that did not listen');
  expectEnd(
    run,
    3_600_250,
    'Three works stopped, after 250 ms in all, and one did not listen for an hour',
  );
});

// Not so in asyncio, where a task that is cancelled during the clean-up ends as cancelled, not as timed out.
test('an outer abort comes out with its reason, unless the time was up before', async () => {
  const { withTimeout } = await load();
  const reason = new Error('The customer has left.');
  const outOfTime = new DOMException('The whole page was too slow.', 'TimeoutError');

  // Any value can be the reason, also a TimeoutError of somebody else.
  for (const [ms, given] of [
    [100, reason],
    [Infinity, outOfTime],
    [100, null],
  ] as const) {
    const early = await observe(async () => {
      const outer = new AbortController();
      const signals: AbortSignal[] = [];
      const listen = (signal: AbortSignal) => {
        signals.push(signal);
        return stopSlowly(signal);
      };
      const running = withTimeout(ms, listen, { signal: outer.signal });
      const what = `An outer abort with the reason ${told(given)}, where the limit is ${ms}`;
      const rejected = expect(running, what).toRejectWith({ reason: given });
      await sleep(53);
      outer.abort(given);
      await microtasks(20);
      const toldAtOnce = signals.every(({ aborted }) => aborted);
      await rejected;
      return toldAtOnce;
    });

    expectNobodyAtWork(early);
    expectEnd(early, 20_053, 'The outer abort came at 53 ms, and the clean-up takes 20000 ms');
    if (!early.value) {
      expect.fail(
        'options.signal was aborted, and the signal of the work was not, also a few microtasks later. It should be aborted at once.',
      );
    }
  }
  const inside = await observe(async () => {
    const outer = new AbortController();
    const leave = (signal: AbortSignal) => {
      outer.abort(reason);
      return stopSlowly(signal);
    };
    const running = withTimeout(100, leave, { signal: outer.signal });
    await expect(running, 'The work itself aborted options.signal, at once').toRejectWith({
      reason,
    });
  });
  const late = await observe(async () => {
    const outer = new AbortController();
    const running = outcomeOf(withTimeout(100, stopSlowly, { signal: outer.signal }));
    await sleep(150);
    outer.abort(reason);
    return running;
  });

  expectEnd(inside, 20_000, 'The outer abort came at 0 ms, and the clean-up takes 20000 ms');
  const answers = [late.value, (late.value as Error | undefined)?.cause];
  // As in asyncio, the later abort may win as well: then its reason comes out.
  if (nameOf(late.value) !== 'TimeoutError' && !answers.includes(reason)) {
    expect.fail(
      `The time was up, and options.signal was aborted during the clean-up. withTimeout gave ${told(late.value)}; it should reject with a TimeoutError, or with the reason of options.signal.`,
    );
  }
});

test('never starts the work when the outer signal is already aborted', async () => {
  const { withTimeout } = await load();
  const reason = new Error('The customer has left.');
  let calls = 0;
  const count = () => {
    calls += 1;
  };

  await observe(async () => {
    for (const given of [reason, null, 0]) {
      const signal = AbortSignal.abort(given);
      const refused = () => withTimeout(100, count, { signal });
      await expect(refused, `The reason was ${told(given)}`).toRejectWith({ reason: given });
    }
  });

  expect(calls, 'Calls of the work').toBe(0);
});

test('leaves no timer, however it ends', async () => {
  const { withTimeout } = await load();
  const outer = new AbortController();
  const { signal } = outer;
  const fail = () => {
    throw new Error('It failed at once.');
  };

  const run = await inVirtualTime(async () => {
    await withTimeout(60_000, () => sleep(10));
    await withTimeout(Infinity, () => sleep(10));
    await outcomeOf(withTimeout(2 ** 32, () => sleep(10)));
    await rejectionOf(() => withTimeout(60_000, fail));
    await outcomeOf(withTimeout(60_000, () => Promise.reject(new Error('It failed.'))));
    const running = outcomeOf(withTimeout(60_000, stopSlowly, { signal }));
    await sleep(50);
    outer.abort();
    await running;
    await rejectionOf(() => withTimeout(60_000, () => sleep(10), { signal }));
  });

  expect(run).toLeaveNoTimers();
});

test('leaves no listener on the outer signal, however it ends', async () => {
  const { withTimeout } = await load();
  const { signal } = new AbortController();
  const aborted = new AbortController();
  const fail = () => {
    throw new Error('It failed at once.');
  };

  await inVirtualTime(async () => {
    await withTimeout(60_000, () => sleep(10), { signal });
    await withTimeout(Infinity, () => sleep(10), { signal });
    await rejectionOf(() => withTimeout(60_000, fail, { signal }));
    await outcomeOf(withTimeout(60_000, () => Promise.reject(new Error('It failed.')), { signal }));
    await outcomeOf(withTimeout(100, stopSlowly, { signal }));
    const running = outcomeOf(withTimeout(60_000, stopSlowly, { signal: aborted.signal }));
    await sleep(50);
    aborted.abort();
    await running;
  });

  expect(signal).toHaveNoListeners();
  expect(aborted.signal).toHaveNoListeners();
});

// What the work has returned may still use the signal, such as a response whose body is not read yet.
test('the limit ends with the work: its signal is not aborted later', async () => {
  const { withTimeout } = await load();

  const { value: abortedLater } = await observe(async () => {
    const signal = await withTimeout(100, async (signal) => {
      await work('report', 50, signal);
      return signal;
    });
    await sleep(1000);
    return signal.aborted;
  });

  if (abortedLater) {
    expect.fail('The work had ended in time, and its signal was aborted all the same.');
  }
});

test('with 0 or less the time is up at once; NaN is a TypeError', async () => {
  const { fetchText, withTimeout } = await load();
  await using api = await startSlowApi({ routes: { '/': {} } });
  let calls = 0;
  const count = () => {
    calls += 1;
  };

  await observe(async () => {
    for (const ms of [0, -1, -Infinity]) {
      await expect(() => withTimeout(ms, count)).toRejectWith({ name: 'TimeoutError' });
    }
    await expect(() => withTimeout(Number.NaN, count)).toRejectWith({ name: 'TypeError' });
    await expect(() => fetchText(api.url('/'), 0)).toRejectWith({ name: 'TimeoutError' });
  });

  expect(calls, 'Calls of the work, which has no time').toBe(0);
  expect(api.traffic.hits, 'Requests of fetchText, which has no time').toBe(0);
});

// A timer with a longer delay than 2 ** 31 - 1 fires after 1 ms: https://nodejs.org/api/timers.html. No server may be open here: its timers,
// which look after its connections every 30 s, would fire a hundred thousand times in these days.
test('Infinity never times out, and a limit of 2 ** 31 or more not at once', async () => {
  const { withTimeout } = await load();
  const goOn = (days: number) => async (signal: AbortSignal) => {
    for (let half = 0; half < 2; half += 1) {
      await sleep((days / 2) * dayMs, undefined, { signal });
    }
    return 'done';
  };

  const { value } = await observe(() =>
    Promise.all([
      outcomeOf(withTimeout(Infinity, goOn(40))),
      outcomeOf(withTimeout(2 ** 31, goOn(20))),
      outcomeOf(withTimeout(2 ** 32 + 100, goOn(20))),
      outcomeOf(withTimeout(Number.MAX_SAFE_INTEGER, goOn(20))),
    ]),
  );

  expect(value[0], `${cameOut}, for Infinity and a work of 40 days`).toBe('done');
  expect(value[1], `${cameOut}, for 2 ** 31 ms and a work of 20 days`).toBe('done');
  expect(value[2], `${cameOut}, for 2 ** 32 + 100 ms and a work of 20 days`).toBe('done');
  expect(value[3], `${cameOut}, for 285,000 years and a work of 20 days`).toBe('done');

  const stopped = await observe(async () => {
    const outer = new AbortController();
    const running = withTimeout(2 ** 32, stopSlowly, { signal: outer.signal });
    const reason = new Error('The customer has left.');
    const rejected = expect(running, 'An outer abort, with a limit of 2 ** 32 ms').toRejectWith({
      reason,
    });
    await sleep(50);
    outer.abort(reason);
    await rejected;
  });
  expectEnd(stopped, 20_050, 'The outer abort came at 50 ms, and the clean-up takes 20000 ms');
});

test('fetchText gives the text, or the error of a connection that broke', async () => {
  const { fetchText } = await load();
  const routes = {
    // The first half ends amid the letter in the middle.
    '/': { delayMs: 200, bodyDelayMs: 50, body: ' "{nonce}€{nonce}"\n' },
    '/broken': { delayMs: 200, fail: 'destroy' },
    '/cut': { delayMs: 200, fail: 'cut' },
  } as const;
  await using api = await startSlowApi({ routes });

  const { value } = await observe(async () => ({
    text: await fetchText(api.url('/'), 300),
    others: await Promise.all([
      fetchText(api.url('/'), Infinity),
      fetchText(api.url('/'), Infinity),
    ]),
    broken: await outcomeOf(fetchText(api.url('/broken'), 300)),
    cut: await outcomeOf(fetchText(api.url('/cut'), 300)),
  }));

  const served = api.traffic.of('/').map(({ body }) => body);
  // Two calls came together, and either may be served first.
  const texts = [value.text, ...value.others].map((text) => served.indexOf(text));
  if (texts.toSorted((a, b) => a - b).join() !== '0,1,2' || texts[0] !== 0) {
    expect([value.text, ...value.others], 'The texts of three calls, in UTF-8').toEqual(served);
  }
  const asked = api.traffic.requests.map(({ method, path }) => `${method} ${path}`);
  const once = ['GET /', 'GET /', 'GET /', 'GET /broken', 'GET /cut'];
  expect(asked, 'Requests that the server saw, of five calls').toEqual(once);
  for (const [how, outcome] of Object.entries({ broken: value.broken, cut: value.cut })) {
    if (outcome instanceof Error && outcome.name !== 'TimeoutError') continue;
    expect.fail(
      `The connection was ${how === 'cut' ? 'cut amid the body' : 'broken before the answer'}. fetchText gave ${told(outcome)}; it should reject with an error that is no TimeoutError.`,
    );
  }
});

test('fetchText breaks its request off when the time is up', async () => {
  const { fetchText } = await load();
  await using api = await startSlowApi({ routes: { '/': { delayMs: 10_000 } } });

  const run = await observe(() => outcomeOf(fetchText(api.url('/'), 300)));

  expectTimeoutOfFetch(run.value, 'The headers did not come in time');
  expect(run).toTakeVirtually(300);
  expect(await outcomeAtServer(api), 'The request that you gave up, seen by the server').toBe(
    'aborted',
  );
});

test('the time of fetchText covers the body too', async () => {
  const { fetchText } = await load();
  const routes = { '/': { delayMs: 200, bodyDelayMs: 10_000 } };
  await using api = await startSlowApi({ routes });

  const run = await observe(() => outcomeOf(fetchText(api.url('/'), 300)));

  expectTimeoutOfFetch(run.value, 'The headers were in time, and the body stalled');
  expect(run).toTakeVirtually(300);
  expect(await outcomeAtServer(api), 'The request whose body you gave up, seen by the server').toBe(
    'aborted',
  );
});

/**
 * Runs `steps` in virtual time, and tells what they came to, after how long, and who was still at work at that moment. Then it lets
 * those end as well: what one test leaves running must not disturb the next.
 */
async function observe<T>(steps: () => Promise<T>) {
  const { value: observed } = await inVirtualTime(async (clock) => {
    try {
      const value = await steps();
      return { value, virtualMs: clock.now, leftRunning: atWork() };
    } finally {
      while (atWork().length > 0) await sleep(1000);
    }
  });
  return observed;
}

/** Who works at this moment: each `work` has a bar in the timeline. */
function atWork(): string[] {
  const open = currentTrace().spans.filter(
    ({ kind, outcome }) => kind === 'task' && outcome === 'open',
  );
  return open.map(({ label }) => label);
}

/** Works for `ms`. Told to stop, it stops at once, and without an error. */
async function work(name: string, ms: number, signal?: AbortSignal): Promise<void> {
  const bar = currentTrace().begin(name, 'task');
  try {
    await sleep(ms, undefined, signal ? { signal } : {});
    bar.end('done');
  } catch {
    bar.end('cancelled');
  }
}

/** Works for ten seconds. Told to stop, it cleans up for longer than anybody's patience, and answers with the reason. */
async function stopSlowly(signal: AbortSignal): Promise<void> {
  await work('report', 10_000, signal);
  await work('clean-up', 20_000);
  signal.throwIfAborted();
}

/** How often a work was called that was given to `start`, a few turns of the event loop later, and before any timer. */
async function callsSoonAfter(start: (work: () => void) => Promise<unknown>): Promise<number> {
  let calls = 0;
  const running = start(() => {
    calls += 1;
  });
  await turns(3);
  const soon = calls;
  await running;
  return soon;
}

/** Whether `promise` resolved or rejected, where a value must not be taken for an error. */
async function settlementOf(promise: Promise<unknown>): Promise<PromiseSettledResult<unknown>> {
  const [settlement] = await Promise.allSettled([promise]);
  return settlement;
}

/** What `promise` comes to: its value or its error. */
function outcomeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: unknown) => error);
}

/** What the promise that `call` gives comes to; a call that throws has given none. */
async function rejectionOf(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return outcomeOf(call());
  } catch (error) {
    return `no promise: withTimeout itself threw ${String(error)}`;
  }
}

/** The name of an error; anything else is told as what it is. */
function nameOf(outcome: unknown): string {
  return outcome instanceof Error ? outcome.name : `no error, but ${String(outcome)}`;
}

/** An error in short, without its stack; any other value as what it is. */
function told(outcome: unknown): string {
  return outcome instanceof Error
    ? String(outcome).replace(/\.$/, '')
    : inspect(outcome, { depth: 0 });
}

/** Fails unless this very error came out. */
function expectError(outcome: unknown, error: unknown, happened: string): void {
  if (outcome === error) return;
  const message = `${happened}. withTimeout gave ${told(outcome)}; it should reject with ${told(error)} itself.`;
  throw new AssertionError({ message, stackStartFn: expectError });
}

/** Fails unless it was told as a timeout, or the late value was given out. */
function expectTimeoutOr(value: unknown, outcome: unknown, what: string): void {
  if (outcome === value || nameOf(outcome) === 'TimeoutError') return;
  const message = `${cameOut}, ${what}: ${told(outcome)}. It should be a TimeoutError, or the late value.`;
  throw new AssertionError({ message, stackStartFn: expectTimeoutOr });
}

/** Fails unless fetchText gave up as it should. Some clients tell an abort amid the body by an error of the connection. */
function expectTimeoutOfFetch(outcome: unknown, happened: string): void {
  if (outcome instanceof Error && outcome.name === 'TimeoutError') return;
  const message = `${happened}. fetchText gave ${told(outcome)}; it should reject with a TimeoutError.`;
  throw new AssertionError({ message, stackStartFn: expectTimeoutOfFetch });
}

/** Fails unless it took exactly so long. What ran side by side meanwhile says nothing here: one work, and one limit for it. */
function expectEnd(run: { virtualMs: number }, ms: number, happened: string): void {
  if (Math.abs(run.virtualMs - ms) < 0.001) return;
  const message = `${happened}. Your code ended after ${run.virtualMs} ms; it should end after ${ms} ms.`;
  throw new AssertionError({ message, stackStartFn: expectEnd });
}

/** Fails when a work, or its clean-up, was still running at the moment when withTimeout settled. */
function expectNobodyAtWork(run: { leftRunning: readonly string[] }): void {
  if (run.leftRunning.length === 0) return;
  const message = `withTimeout had settled, and this still ran: ${run.leftRunning.join(', ')}.`;
  throw new AssertionError({ message, stackStartFn: expectNobodyAtWork });
}

/** How the only request ended for the server; a connection that is closed takes a moment to be seen. */
async function outcomeAtServer(api: SlowApi): Promise<string | undefined> {
  const closed = () => api.traffic.hits > 0 && api.traffic.inFlight === 0;
  await until(closed, 'the server to see the end of the request', { limitMs: 200 }).catch(() => {});
  return api.traffic.requests[0]?.outcome;
}
