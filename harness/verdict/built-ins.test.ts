import { afterEach, expect, onTestFinished, test } from 'vitest';
import { wrapFunctions } from '../loop/wrap-functions.ts';
import { changedBuiltIn, noteBuiltIns, noticeChange, takeChange } from './built-ins.ts';

const { every } = Array.prototype;

afterEach(() => {
  setEvery(every);
  Reflect.deleteProperty(Object.prototype, 'added');
});

test('finds nothing where nothing was changed', () => {
  noteBuiltIns();

  expect(changedBuiltIn()).toBeNull();
});

test('names a method that was replaced, and forgets it once it is back', () => {
  noteBuiltIns();
  setEvery(() => true);
  const found = changedBuiltIn();
  setEvery(every);

  expect(found).toBe('Array.prototype.every');
  expect(changedBuiltIn()).toBeNull();
});

test('remembers what was changed while somebody looked, and tells it once', () => {
  noteBuiltIns();
  setEvery(() => true);
  noticeChange();
  setEvery(every);

  expect(takeChange()).toBe('Array.prototype.every');
  expect(takeChange()).toBeNull();
});

test('remembers nothing of what only programs work with, and tells it while it is changed', () => {
  const { parse } = URL;
  noteBuiltIns();
  URL.parse = () => null;
  noticeChange();
  const found = changedBuiltIn();
  URL.parse = parse;

  expect(found).toBe('URL.parse');
  expect(takeChange()).toBeNull();
});

test('names an object that was given one property more', () => {
  noteBuiltIns();
  Object.assign(Object.prototype, { added: 1 });
  const found = changedBuiltIn();
  Reflect.deleteProperty(Object.prototype, 'added');

  expect(found).toBe('Object.prototype');
});

test('lets programs name their errors, lengthen stacks and make globals', () => {
  noteBuiltIns();
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 50;
  Object.assign(globalThis, { mine: () => 1 });
  const found = changedBuiltIn();
  Error.stackTraceLimit = stackTraceLimit;
  Reflect.deleteProperty(globalThis, 'mine');

  expect(found).toBeNull();
});

function setEvery(value: unknown): void {
  Reflect.set(Array.prototype, 'every', value);
}

test('what a measurement has wrapped is as it was, and what was changed behind it is not', () => {
  const own = JSON.stringify;
  const watched = [{ owner: JSON, names: ['stringify'], prefix: 'JSON.' }];
  onTestFinished(() => void (JSON.stringify = own));
  noteBuiltIns();

  const unwrap = wrapFunctions(watched, (_name, call) => call());
  expect(changedBuiltIn()).toBeNull();
  unwrap();

  JSON.stringify = () => '{}';
  const unwrapChanged = wrapFunctions(watched, (_name, call) => call());
  const found = changedBuiltIn();
  unwrapChanged();

  expect(found).toBe('JSON.stringify');
});
