import { once } from 'node:events';
import { expect, onTestFinished, test, vi } from 'vitest';
import { loadVitestWorker } from './load-vitest-worker.ts';

/** Puts a function in the place of `process.send`, and gives what it was called with. */
function catchMessages(): unknown[][] {
  const { send } = process;
  const sent = vi.fn(() => true);
  process.send = sent;
  onTestFinished(() => void (process.send = send!));
  return sent.mock.calls;
}

test('timers that were set meanwhile do not keep the process alive', async () => {
  catchMessages();
  const { setTimeout } = globalThis;
  const timers: NodeJS.Timeout[] = [];
  const start = (): void => void timers.push(globalThis.setTimeout(() => {}, 60_000));

  await loadVitestWorker(() => Promise.resolve(start()));
  start();

  expect(timers.map((timer) => timer.hasRef())).toEqual([false, true]);
  expect(globalThis.setTimeout).toBe(setTimeout);
  timers.forEach(clearTimeout);
});

test('what is sent of an import is answered at once, all else is sent', async () => {
  const messages = catchMessages();
  const own = process.send;
  let send: typeof process.send;
  await loadVitestWorker(async () => void (send = process.send));
  const answered = once(process, 'message');

  send!({ t: 'q', m: 'ensureModuleGraphEntry', a: ['file:///a.ts', 'file:///b.ts'], i: 'one' });
  send!({ t: 'q', m: 'onCollected', a: [], i: 'two' });
  send!('text');

  expect((await answered)[0]).toEqual({ t: 's', i: 'one' });
  expect(messages.map(([message]) => message)).toEqual([
    { t: 'q', m: 'onCollected', a: [], i: 'two' },
    'text',
  ]);
  expect(process.send).toBe(own);
});

test('all is put back also where loading fails', async () => {
  catchMessages();
  const [{ setTimeout }, { send }] = [globalThis, process];

  await expect(loadVitestWorker(() => Promise.reject(new Error('gone')))).rejects.toThrow('gone');

  expect(globalThis.setTimeout).toBe(setTimeout);
  expect(process.send).toBe(send);
});
