import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { BlockingSdk } from './blocking-sdk.ts';
import { real, threadCpuNow } from '../trace/real-time.ts';

test('a call sleeps, is counted, and returns what nobody can make up', () => {
  const sdk = new BlockingSdk({ callMs: 30, seed: 1 });
  const [began, cpu] = [real.now(), threadCpuNow()];

  const report = sdk.fetchReport('7');

  // Asleep: time went by without this thread computing in it.
  expect(real.now() - began).toBeGreaterThanOrEqual(29);
  expect(threadCpuNow() - cpu).toBeLessThan(29);
  expect(report).toBe(sdk.reportOf('7'));
  expect(report).not.toBe(new BlockingSdk({ callMs: 30, seed: 2 }).reportOf('7'));
  expect(sdk).toMatchObject({ calls: 1, inFlight: 0, peak: 1 });
});

test('calls in several threads are counted together, and end early side by side', async () => {
  const sdk = new BlockingSdk({ callMs: 60_000, together: 2 });
  const script = new URL('fixtures/sdk-worker.ts', import.meta.url);
  const workers = ['a', 'b'].map(() => new Worker(script, { workerData: sdk.handle }));

  const answers = workers.map((worker) => once(worker, 'message'));
  for (const worker of workers) worker.postMessage('x');

  expect(await Promise.all(answers)).toEqual([[sdk.reportOf('x')], [sdk.reportOf('x')]]);
  expect(sdk).toMatchObject({ calls: 2, inFlight: 0, peak: 2 });
  await Promise.all(workers.map((worker) => worker.terminate()));
});

test('numbers that cannot be are refused', () => {
  expect(() => new BlockingSdk({ callMs: 0 })).toThrow('Expected `callMs` to be above zero');
  expect(() => new BlockingSdk({ callMs: 1, together: 0.5 })).toThrow('Expected `together`');
});
