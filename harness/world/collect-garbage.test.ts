import { expect, test } from 'vitest';
import { collectGarbage, collectYoungGarbage } from './collect-garbage.ts';

const megabyte = 1024 * 1024;

test.for([
  { name: 'collectGarbage', collect: collectGarbage },
  { name: 'collectYoungGarbage', collect: collectYoungGarbage },
])('after $name buffers that nobody uses are gone', ({ collect }) => {
  collectGarbage();
  const before = bytesOfBuffers();
  const store = { buffers: buffersOf(16) };
  const meanwhile = bytesOfBuffers();
  store.buffers = [];

  collect();
  const after = bytesOfBuffers();

  expect(meanwhile - before).toBeGreaterThanOrEqual(16 * megabyte);
  expect(after - before).toBeLessThan(2 * megabyte);
});

test('what is used stays', () => {
  const used = new WeakRef({ value: 1 });
  const same = used.deref();

  collectGarbage();

  expect(used.deref()).toBe(same);
});

function buffersOf(megabytes: number): Buffer[] {
  return Array.from({ length: megabytes }, () => Buffer.alloc(megabyte, 1));
}

function bytesOfBuffers(): number {
  return process.memoryUsage().arrayBuffers;
}
