import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, onTestFinished, test } from 'vitest';
import { NativeRequests } from './native-requests.ts';

function enabled(): NativeRequests {
  const requests = new NativeRequests();
  requests.enable();
  onTestFinished(() => requests.disable());
  return requests;
}

test('a file operation is in flight, with the line that asked for it', async () => {
  const requests = enabled();

  const reading = readFile(import.meta.filename);
  const inFlight = requests.inFlight();
  await reading;

  expect(inFlight?.what).toBe('a file operation');
  expect(inFlight?.caller?.where?.file).toContain('native-requests.test.ts');
});

test('an immediate counts until it ran, unless it is to be ignored', async () => {
  const requests = enabled();

  const ignored = requests.ignoring(() => setImmediate(() => {}));
  expect(requests.hasImmediates).toBe(false);
  const counted = setImmediate(() => {});
  expect(requests.hasImmediates).toBe(true);

  clearImmediate(ignored);
  clearImmediate(counted);
});

test('nothing is counted before it is enabled nor once it is disabled', async () => {
  const requests = new NativeRequests();

  const before = readFile(import.meta.filename);
  expect(requests.inFlight()).toBeNull();
  requests.enable();
  createReadStream(import.meta.filename).destroy();
  requests.disable();
  const after = readFile(import.meta.filename);
  expect(requests.inFlight()).toBeNull();

  await Promise.all([before, after]);
});
