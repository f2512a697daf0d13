import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { gate, gates } from './gate.ts';
import { settled } from './settled.ts';

test('everybody waits until the gate opens, and is given its value', async () => {
  const page = gate<string>();
  const readers = [page.wait(), page.wait()];

  expect(page).toMatchObject({ waiting: 2, opened: false });
  expect(await settled(Promise.race(readers))).toBe('pending');
  page.open('text');

  expect(await Promise.all([...readers, page.wait()])).toEqual(['text', 'text', 'text']);
  expect(page).toMatchObject({ waiting: 0, opened: true });
});

test('a gate that fails rejects everybody, and is no unhandled rejection without them', async () => {
  const error = new Error('closed for good');
  const door = gate();
  door.fail(error);
  door.open();

  await expect(door.wait()).rejects.toBe(error);
  expect(door.opened).toBe(false);
});

test('an aborted wait leaves the gate, with the reason and without a listener', async () => {
  const door = gate();
  const controller = new AbortController();
  const waiting = door.wait({ signal: controller.signal });
  controller.abort('gone');

  await expect(waiting).rejects.toBe('gone');
  expect(door.waiting).toBe(0);
  expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
});

test('a signal that is aborted already never waits', async () => {
  const door = gate();

  await expect(door.wait({ signal: AbortSignal.abort('before') })).rejects.toBe('before');
  expect(door.waiting).toBe(0);
});

test('an abort in the moment of opening does not count anybody twice', async () => {
  const door = gate();
  const controller = new AbortController();
  const waiting = door.wait({ signal: controller.signal });
  door.open();
  controller.abort();

  await waiting;
  expect(door.waiting).toBe(0);
});

test('several gates open one by one', async () => {
  const [first, second] = gates(2);
  first?.open();

  expect(await settled(first!.wait())).toBe('fulfilled');
  expect(await settled(second!.wait())).toBe('pending');
  expect(() => gates(-1)).toThrow(RangeError);
});
