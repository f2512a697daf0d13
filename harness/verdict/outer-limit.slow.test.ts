import { expect, test } from 'vitest';
import { Trace } from '../trace/trace.ts';
import { until } from '../world/index.ts';
import { AbandonedError, withOuterLimit } from './outer-limit.ts';

test('settles as the work does', async () => {
  const options = { limitMs: 10_000, trace: new Trace() };

  expect(await withOuterLimit(Promise.resolve('done'), options)).toBe('done');
  await expect(withOuterLimit(Promise.reject(new Error('no')), options)).rejects.toThrow('no');
});

test('ends work that waits for something that never comes, and says for what', async () => {
  const trace = new Trace();
  trace.begin('GET /slow', 'request');
  trace.begin('GET /quick', 'request').end();

  const error: unknown = await withOuterLimit(new Promise(() => {}), { limitMs: 100, trace }).catch(
    (reason: unknown) => reason,
  );

  // A machine that gives this process no CPU makes it inconclusive: both are told apart by their kind.
  expect(error).toMatchObject({ kind: expect.stringMatching(/^(hang|inconclusive)$/) as string });
  if ((error as { kind: string }).kind === 'hang') {
    expect((error as Error).message).toBe('Your code is still waiting after 0.1 s for GET /slow.');
  }
});

test('gives the limit once more where the machine was too busy', async () => {
  let looks = 0;
  // Half of the first limit was spent waiting for a CPU, and nothing of the second.
  const waitedMs = (): number => (looks++ === 0 ? 0 : 300);
  const began = performance.now();

  const ended = withOuterLimit(new Promise(() => {}), {
    limitMs: 600,
    trace: new Trace(),
    waitedMs,
  });

  await expect(ended).rejects.toMatchObject({
    kind: 'hang',
    message: 'Your code is still waiting after 1.2 s.',
  });
  expect(performance.now() - began).toBeGreaterThan(1100);
});

test('says that nothing is known where the machine never lets it run', async () => {
  let waited = 0;
  const waitedMs = (): number => (waited += 500);

  const ended = withOuterLimit(new Promise(() => {}), {
    limitMs: 600,
    mostMs: 1200,
    trace: new Trace(),
    waitedMs,
  });

  await expect(ended).rejects.toBeInstanceOf(AbandonedError);
});

/** Waits for what never comes, and takes some turns to clean up. */
async function waitInVain(cleanedUp: string[]): Promise<void> {
  try {
    await until(() => false, 'a bell', { limitMs: 60_000 });
  } finally {
    await until(() => cleanedUp.push('a turn') === 20, 'a clean-up');
  }
}

test('ends what the work itself waits for, and lets it clean up first', async () => {
  const cleanedUp: string[] = [];

  const ended = withOuterLimit(waitInVain(cleanedUp), {
    limitMs: 600,
    trace: new Trace(),
    waitedMs: () => 0,
  });

  await expect(ended).rejects.toMatchObject({
    name: 'WorldError',
    message: expect.stringMatching(/^Still waiting for a bell: /) as string,
  });
  expect(cleanedUp).toHaveLength(20);
});

test('knows nothing of work that was given up because of the machine, and lets it clean up too', async () => {
  const cleanedUp: string[] = [];
  let waited = 0;

  const ended = withOuterLimit(waitInVain(cleanedUp), {
    limitMs: 600,
    mostMs: 600,
    trace: new Trace(),
    waitedMs: () => (waited += 500),
  });

  await expect(ended).rejects.toBeInstanceOf(AbandonedError);
  expect(cleanedUp).toHaveLength(20);
});
