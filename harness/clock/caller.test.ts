import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, test, vi } from 'vitest';
import { parseStack } from '../trace/source-location.ts';
import { Caller } from './caller.ts';
import { inVirtualTime } from './in-virtual-time.ts';
import { installTrampolines } from './trampolines.ts';

installTrampolines();

test('a caller is the line that called', () => {
  const caller = new Caller();

  expect(caller.owner).toBe('learner');
  expect(caller.where).toMatchObject({
    file: expect.stringContaining('caller.test.ts'),
    line: 11,
  });
});

test('Node in between only passes a call on', async () => {
  const storage = new AsyncLocalStorage();

  const { leftBehind } = await inVirtualTime(() => {
    storage.run('store', setTimeout, () => {}, 10);
    void Promise.resolve(new Promise((resolve) => setTimeout(resolve, 20)));
    [30].forEach((delay) => setTimeout(() => {}, delay));
  });

  expect(leftBehind.map(({ delayMs, owner }) => [delayMs, owner])).toEqual([
    [10, 'learner'],
    [20, 'learner'],
    [30, 'learner'],
  ]);
});

test('a caller tells the same as the words of a stack would', () => {
  class Shop {
    open() {
      return [new Caller(), new Error('here')] as const;
    }
  }

  const [caller, error] = new Shop().open();
  const [written] = parseStack(error.stack!);

  expect(written).toMatchObject({ functionName: 'Shop.open' });
  expect(caller.where).toEqual({ ...written, column: expect.any(Number) });
  expect(caller.cameThrough('open')).toBe(true);
  expect(caller.cameThrough('close')).toBe(false);
});

test('whoever puts stacks into words of their own is not asked, and stays', () => {
  const { prepareStackTrace } = Error;
  const own = vi.fn(() => 'at secret (secret.ts:1:1)');
  Error.prepareStackTrace = own;
  try {
    expect(new Caller().where).toMatchObject({ functionName: expect.any(String) });
    expect(own).not.toHaveBeenCalled();
    expect(Error.prepareStackTrace).toBe(own);
  } finally {
    Error.prepareStackTrace = prepareStackTrace;
  }
});

test('where stacks cannot be had, nobody called', () => {
  const before = Object.getOwnPropertyDescriptor(Error, 'prepareStackTrace')!;
  Object.defineProperty(Error, 'prepareStackTrace', { ...before, writable: false });
  try {
    const caller = new Caller();
    expect([caller.where, caller.owner]).toEqual([null, 'node']);
  } finally {
    Object.defineProperty(Error, 'prepareStackTrace', before);
  }
});
