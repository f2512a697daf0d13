import { AsyncResource } from 'node:async_hooks';
import { expect, test } from 'vitest';
import { turns } from './turns.ts';
import { watchAsyncWork } from './watch-async-work.ts';

test('tells what watched code asks for, also later, and what of it is called', async () => {
  using work = watchAsyncWork();

  const timer = work.watch(() => setTimeout(() => {}, 60_000));
  work.watch(() => setImmediate(() => setImmediate(() => {})));
  expect([work.begun, work.called]).toEqual([['Timeout', 'Immediate'], []]);
  await turns(3);
  clearTimeout(timer);

  expect(work.begun).toEqual(['Timeout', 'Immediate', 'Immediate']);
  expect(work.called).toEqual(['Immediate', 'Immediate']);
});

test('tells nothing of other code, of promises and of notes of the context, nor after its end', async () => {
  const work = watchAsyncWork();

  setImmediate(() => {});
  await work.watch(() => Promise.resolve().then(() => {}));
  work.watch(() => new AsyncResource('Timeout').runInAsyncScope(() => {}));
  work[Symbol.dispose]();
  work.watch(() => setImmediate(() => {}));
  await turns(2);

  expect([work.begun, work.called]).toEqual([[], []]);
});
