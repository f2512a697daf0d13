import { expect, test } from 'vitest';
import { real } from '../trace/real-time.ts';
import { turns } from './turns.ts';
import { giveUpWaiting, until } from './until.ts';

test('it resolves once the condition holds', async () => {
  let arrived = 0;
  const arrivals = (async () => {
    for (; arrived < 3; arrived += 1) await turns(1);
  })();

  await until(() => arrived === 3, 'three arrivals');

  expect(arrived).toBe(3);
  await arrivals;
});

test('a condition that never holds is told as a hang, by name', async () => {
  const waiting = until(() => false, 'three requests in flight', { limitMs: 5 });

  await expect(waiting).rejects.toMatchObject({
    kind: 'hang',
    message: expect.stringMatching(/^Still waiting for three requests in flight: /),
  });
});

test('an abort ends it with the reason', async () => {
  const controller = new AbortController();
  const waiting = until(() => false, 'nothing', { signal: controller.signal });

  controller.abort('enough');

  await expect(waiting).rejects.toBe('enough');
});

test('all that wait can be given up at once, and who waits later goes on', async () => {
  const waits = Promise.allSettled([until(() => false, 'a bell'), until(() => false, 'a gong')]);

  expect(giveUpWaiting()).toBe(true);
  let later = 0;
  await until(() => (later += 1) > 3, 'a clean-up');

  expect((await waits).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(giveUpWaiting()).toBe(false);
});

test.runIf(process.platform === 'linux')(
  'it gives up sooner where everybody is idle, if it may',
  async () => {
    const startedAt = real.now();
    const waiting = until(() => false, 'nothing', { limitMs: 60_000, idleMs: 100 });

    await expect(waiting).rejects.toMatchObject({ kind: 'hang' });
    expect(real.now() - startedAt).toBeLessThan(30_000);
  },
);
