import { expect, inVirtualTime, judgeLoop, kata, random, settled, test, turns } from '#harness';
import type { VirtualClock } from '#harness';

const load = kata(() => import('./blocking-or-suspending.ts'));
/** For an answer that looks at the clock once a millisecond. */
const manyTimers = { maxTimers: 50_000 };

test('the rest of the program goes on while fetchData waits', async () => {
  const report = await judgeLoop({
    prepare: load,
    work: ({ fetchData }) =>
      inVirtualTime(async () => {
        const first = fetchData('/weather');
        // Whoever has frozen the program by now need not do it twice.
        if ((await settled(Promise.resolve(first))) === 'pending') {
          await fetchData('/news');
          await fetchData('/gold');
          const together: unknown[] = [];
          for (const url of ['/weather', '/news', '/gold', '/stars']) {
            together.push(fetchData(url));
          }
          await Promise.all(together);
        }
        await first;
      }),
  });

  expect(report, 'While fetchData waited, nothing else could run').toLeaveTheLoopFree();
});

test('three calls started together are all done after one second', async () => {
  const { fetchData } = await load();

  const run = await inVirtualTime(async (clock) => {
    const ends: Promise<number>[] = [];
    for (const url of ['/weather', '/news', '/gold']) {
      const call = fetchData(url);
      ends.push(timeAfter(call, clock));
      await aTurnAfter(call);
      const sentence = `The call for ${url} did not wait for a timer: it was done before any other code could run`;
      await expect(call, sentence).toBePending();
    }
    return Promise.all(ends);
  });

  if (run.timers.length === 0) {
    expect.fail(
      'Three calls were made, and not one timer of Node was started. So nothing measured the second of a call.',
    );
  }
  expect(run, 'By the clock of the timers').toTakeVirtually(1000);
  expect(run.value, 'Milliseconds until each of the three was done').toEqual([1000, 1000, 1000]);
});

test('every call waits for one second of its own', async () => {
  const { fetchData } = await load();
  const frozen = 'by a clock that stands still while your program is blocked';

  await inVirtualTime(async (clock) => {
    const first = await timeAfter(fetchData('/weather'), clock);
    expect(first, `Milliseconds of the first call, ${frozen}`).toBe(1000);

    const again = (await timeAfter(fetchData('/weather'), clock)) - first;
    expect(again, `Milliseconds of the same call, made again, ${frozen}`).toBe(1000);

    const starts: number[] = [];
    const ends: Promise<number>[] = [];
    for (let call = 0; call < 12; call += 1) {
      starts.push(clock.now);
      ends.push(timeAfter(fetchData('/weather'), clock));
      await fiftyMilliseconds();
    }
    const took = (await Promise.all(ends)).map((end, call) => end - (starts[call] ?? 0));
    const sentence =
      'Twelve calls for one URL, each begun 50 ms after the one before: the milliseconds of each';
    expect(took, sentence).toEqual(starts.map(() => 1000));
  }, manyTimers);
});

test('each call resolves with the data from its own URL', async () => {
  const { fetchData } = await load();
  // Any text is a URL here: also one with spaces, one with signs that mean something elsewhere, and one that could be tidied up.
  const urls = [
    `/weather/${random().nonce()}`,
    ' Gold in €, 99.9 % & <url> $& ',
    'HTTP://Gold//a/../%41\n/Cafe\u0301/caf\u00e9/',
  ];

  const expected = urls.map((url) => `Data from ${url}`);

  const { value } = await inVirtualTime(async () => {
    const calls: Promise<string>[] = [];
    for (const url of urls) {
      const call = fetchData(url);
      calls.push(call);
      await aTurnAfter(call);
    }
    // Nothing runs between these. A program that blocks has shown itself by now, and need not do it again.
    if ((await settled(Promise.resolve(calls[0]))) === 'pending') {
      calls.push(...urls.map((url) => fetchData(url)));
      expected.push(...expected);
    }
    return Promise.all(calls);
  });

  expect(value, `The data of ${expected.length} calls, all made before the first was done`).toEqual(
    expected,
  );
});

/** Resolves with the virtual time at which `call` is done. */
async function timeAfter(call: unknown, clock: VirtualClock): Promise<number> {
  await call;
  return clock.now;
}

/** By the clock of the timers, which the tests turn forward. */
function fiftyMilliseconds(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 50);
  });
}

/**
 * Two turns of the loop: with less between them, two calls that block would look like one that never ends. Rejects when `call` has failed
 * by then, so that no second call is made.
 */
async function aTurnAfter(call: unknown): Promise<void> {
  await Promise.race([Promise.all([call, turns(2)]), turns(2)]);
}
