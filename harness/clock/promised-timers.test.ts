import { getEventListeners } from 'node:events';
import { setInterval as every, setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { inVirtualTime } from './in-virtual-time.ts';
import { installTrampolines } from './trampolines.ts';

installTrampolines();

test('a sleep resolves with its value and leaves no listener on its signal', async () => {
  const { signal } = new AbortController();

  const { value } = await inVirtualTime(() => sleep(10, 'woken', { signal }));

  expect(value).toBe('woken');
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('an abort rejects with an AbortError caused by the reason, and clears the timer', async () => {
  const controller = new AbortController();
  const reason = new Error('enough');

  const { value, timers } = await inVirtualTime(async () => {
    setTimeout(() => controller.abort(reason), 50);
    return sleep(100, null, { signal: controller.signal }).catch((error: unknown) => error);
  });

  expect(value).toMatchObject({ name: 'AbortError', code: 'ABORT_ERR', cause: reason });
  expect(timers[1]).toMatchObject({ delayMs: 100, end: 50, outcome: 'cleared' });
});

test('an aborted signal starts no timer', async () => {
  const signal = AbortSignal.abort('no');

  const run = inVirtualTime(() => sleep(100, null, { signal }));

  await expect(run).rejects.toMatchObject({ name: 'AbortError', cause: 'no' });
});

test('an interval ends with the abort of its signal and clears its timer', async () => {
  const controller = new AbortController();
  let ticks = 0;

  const { value, leftBehind } = await inVirtualTime(async () => {
    setTimeout(() => controller.abort(), 350);
    try {
      for await (const _ of every(100, null, { signal: controller.signal })) ticks += 1;
      return 'ended';
    } catch (error) {
      return error;
    }
  });

  expect(value).toMatchObject({ name: 'AbortError' });
  expect([ticks, leftBehind]).toEqual([3, []]);
});

test('a wrong argument is refused as Node refuses it', async () => {
  const wrong = (): Promise<void> => Reflect.apply(sleep, undefined, ['soon']);

  await expect(inVirtualTime(wrong)).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' });
  await expect(inVirtualTime(() => AbortSignal.timeout(-1))).rejects.toMatchObject({
    code: 'ERR_OUT_OF_RANGE',
  });
});

test('an AbortSignal.timeout aborts with a TimeoutError and is never left behind', async () => {
  const { value, leftBehind } = await inVirtualTime(async () => {
    AbortSignal.timeout(60_000);
    const signal = AbortSignal.timeout(300);
    await sleep(400);
    return signal.reason as unknown;
  });

  expect(value).toMatchObject({ name: 'TimeoutError' });
  expect(leftBehind).toEqual([]);
});
