import { expect, test } from 'vitest';
import { changedBuiltIn, holdBuiltIns, noteBuiltIns } from './built-ins.ts';

// A file of its own: what is held stays held for the whole process.
holdBuiltIns();
noteBuiltIns();

test('nobody gives a built-in one property more, or another prototype', () => {
  for (const owner of [Object.prototype, Array.prototype, Promise, Map.prototype, URL]) {
    expect(Reflect.set(owner, 'added', 1)).toBe(false);
    expect(Reflect.setPrototypeOf(owner, { mine: 1 })).toBe(false);
  }
});

test('nobody gives a constructor another name, or a getter in the place of another', () => {
  expect(Reflect.defineProperty(RangeError, 'name', { value: 'TypeError' })).toBe(false);
  expect(Reflect.defineProperty(RegExp, '$1', { get: () => 'mine' })).toBe(false);
});

test('nobody replaces what matchers ask of the language', () => {
  expect(Reflect.set(Object, 'keys', () => [])).toBe(false);
  expect(Reflect.set(Math, 'max', () => 0)).toBe(false);
});

test('finds what can be replaced still', () => {
  const { every } = Array.prototype;
  Reflect.set(Array.prototype, 'every', () => true);
  const found = changedBuiltIn();
  Reflect.set(Array.prototype, 'every', every);

  expect(found).toBe('Array.prototype.every');
  expect(changedBuiltIn()).toBeNull();
});

test('programs name their errors, override methods, and set what formats stacks', () => {
  class TimeoutError extends Error {
    constructor() {
      super('late');
      this.name = 'TimeoutError';
      this.toString = () => 'late';
    }
  }
  class Store extends Map<string, number> {
    constructor() {
      super();
      this.get = () => 7;
    }
  }
  const { prepareStackTrace } = Error;
  Error.prepareStackTrace = () => 'mine';
  const { stack } = new Error('asked');
  Error.prepareStackTrace = prepareStackTrace;

  expect(String(new TimeoutError())).toBe('late');
  expect(new Store().get('any')).toBe(7);
  expect(stack).toBe('mine');
  expect(changedBuiltIn()).toBeNull();
});
