import { pbkdf2, pbkdf2Sync, randomBytes, randomUUID } from 'node:crypto';
import crypto from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
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

test.each([
  ['randomUUID', () => crypto.randomUUID()],
  ['randomInt', () => crypto.randomInt(6)],
  ['randomBytes', () => crypto.randomBytes(8)],
  ['getRandomValues', () => globalThis.crypto.getRandomValues(new Uint8Array(4))],
  ['pbkdf2Sync', () => crypto.pbkdf2Sync('a', 'b', 1, 8, 'sha1')],
  ['generateKeyPairSync', () => crypto.generateKeyPairSync('ed25519')],
])('a synchronous call of node:crypto is over when it returns: %s', (_name, call) => {
  const requests = enabled();

  call();

  expect(requests.inFlight()).toBeNull();
});

test.each([
  ['randomBytes', () => new Promise((resolve) => crypto.randomBytes(8, resolve))],
  ['digest', () => crypto.subtle.digest('SHA-256', new Uint8Array(3))],
  ['generateKey', () => crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])],
])(
  'cryptographic work outside JavaScript is in flight until it is done: %s',
  async (_name, call) => {
    const requests = enabled();

    const done = call();
    const during = requests.inFlight()?.what;
    await done;
    await new Promise(setImmediate);

    expect([during, requests.inFlight()]).toEqual(['cryptographic work', null]);
  },
);

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

test('cryptographic work that was done at once is not in flight', async () => {
  const requests = enabled();

  randomBytes(8);
  pbkdf2Sync('password', 'salt', 1, 8, 'sha256');
  randomUUID({ disableEntropyCache: true });
  await Promise.resolve();

  expect(requests.inFlight()).toBeNull();
});

test('cryptographic work that goes on is in flight, that of WebCrypto too', async () => {
  for (const begin of [
    () => promisify(pbkdf2)('password', 'salt', 1000, 8, 'sha256'),
    () => crypto.subtle.digest('SHA-256', new Uint8Array(1_000_000)),
  ]) {
    const requests = enabled();
    const work = begin();
    await Promise.resolve();
    expect(requests.inFlight()?.what).toBe('cryptographic work');
    await work;
    requests.disable();
  }
});
