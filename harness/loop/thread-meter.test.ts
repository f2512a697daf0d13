import fs from 'node:fs';
import { expect, onTestFinished, test, vi } from 'vitest';

/** A meter for which `/proc/thread-self/schedstat` says these lines, one for each look, and then the last one again. */
async function meterOf(lines: readonly string[]) {
  const { openSync, readSync } = fs;
  let schedule = -1;
  let looks = 0;
  vi.spyOn(fs, 'openSync').mockImplementation((file, flags) => {
    if (file !== '/proc/thread-self/schedstat') return openSync(file, flags);
    schedule = openSync(import.meta.filename, flags);
    return schedule;
  });
  vi.spyOn(fs, 'readSync').mockImplementation((...parameters: unknown[]) => {
    const [descriptor, buffer] = parameters;
    if (descriptor !== schedule) return Reflect.apply(readSync, fs, parameters) as number;
    const line = lines[Math.min(looks, lines.length - 1)]!;
    looks += 1;
    return (buffer as Buffer).write(line);
  });
  onTestFinished(() => void vi.restoreAllMocks());
  // The module keeps the functions that it finds while it loads.
  const { ThreadMeter } = await import('./thread-meter.ts');
  return new ThreadMeter();
}

test('a thread that loses its CPU amid a reading is read anew', async () => {
  using meter = await meterOf(['0 1000000 1', '0 81000000 2']);

  const { queued } = meter.read();

  expect(queued).toBe(81);
});
