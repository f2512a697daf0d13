import { EventEmitter, once } from 'node:events';
import { test } from 'vitest';
import { expect } from '../expect.ts';
import { redMessage } from './fixtures/red-record.ts';

test('signals, emitters and event targets without listeners pass', () => {
  expect(new AbortController().signal).toHaveNoListeners();
  expect(new EventEmitter()).toHaveNoListeners();
  expect(new EventTarget()).toHaveNoListeners('open');
});

test('a listener left on a signal is told', async () => {
  const { signal } = new AbortController();
  signal.addEventListener('abort', () => {});

  expect(await redMessage(() => expect(signal).toHaveNoListeners())).toBe(
    "1 listener for 'abort' left on the signal when the work was done.",
  );
});

test('every event of an emitter is looked at, unless one is named', async () => {
  const emitter = new EventEmitter();
  const waiting = once(emitter, 'ready');
  emitter.on(Symbol('tick'), () => {});

  const message = await redMessage(() => expect(emitter).toHaveNoListeners());

  expect(message).toContain("1 listener for 'ready' and 1 listener for 'error' and");
  expect(message).toContain('Symbol(tick)');
  expect(emitter).toHaveNoListeners('close');
  emitter.emit('ready');
  await waiting;
});
