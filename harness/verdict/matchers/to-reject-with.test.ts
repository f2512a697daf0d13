import { test } from 'vitest';
import { KataFailure } from '../failure.ts';
import { expect } from '../expect.ts';
import { redMessage, redRecord } from './fixtures/red-record.ts';
import { waitForSettlement } from './settlement.ts';
import { judgeRefusal } from './to-reject-with.ts';

const boom = new Error('boom');

function abortError(cause: unknown): Error {
  const error = new Error('This operation was aborted', { cause });
  error.name = 'AbortError';
  return error;
}

test('the very error passes, from a promise, an async function or a synchronous throw', async () => {
  await expect(Promise.reject(boom)).toRejectWith(boom);
  await expect(async () => Promise.reject(boom)).toRejectWith(boom);
  await expect(() => {
    throw boom;
  }).toRejectWith(boom);
});

test('falsy reasons are reasons', async () => {
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- a learner's code may do so
  await expect(Promise.reject(undefined)).toRejectWith(undefined);
  // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- a learner's code may do so
  await expect(Promise.reject(0)).toRejectWith(0);
});

test('a pattern is met by name, message, or the reason of an abort', async () => {
  const reason = { why: 'enough' };

  await expect(Promise.reject(new RangeError('limit is 0'))).toRejectWith({
    name: 'RangeError',
    message: /limit/,
  });
  await expect(Promise.reject(boom)).toRejectWith({ message: 'oom' });
  await expect(Promise.reject(abortError(reason))).toRejectWith({ reason });
  await expect(async () => {
    // oxlint-disable-next-line typescript/only-throw-error -- a signal's reason may be any value
    throw reason;
  }).toRejectWith({ reason });
});

test('an error caused by the expected one is not it, and says so', async () => {
  expect(await redMessage(() => expect(Promise.reject(abortError(boom))).toRejectWith(boom))).toBe(
    'It rejected with AbortError: This operation was aborted; it should have rejected with Error: boom.\nWhat was expected is its `cause`.',
  );
});

test('an error that only looks like the expected one is told apart', async () => {
  const message = await redMessage(() =>
    expect(Promise.reject(new Error('boom'))).toRejectWith(boom),
  );

  expect(message).toContain('They look alike, but it is another object');
});

test('success is told with its value', async () => {
  const check = () => expect(Promise.resolve([1, 2])).toRejectWith({ name: 'TimeoutError' });

  expect(await redMessage(check)).toBe(
    'It succeeded with [ 1, 2 ]; it should have rejected with an error named TimeoutError.',
  );
});

test('the location is the line that made the wrong error, else the check', async () => {
  const made = await redRecord(() => expect(Promise.reject(new Error('other'))).toRejectWith(boom));
  const resolved = await redRecord(async () => {
    await expect(Promise.resolve(1)).toRejectWith(boom);
  });

  expect(made.location?.file).toContain('to-reject-with.test.ts');
  expect(resolved.location?.file).toContain('to-reject-with.test.ts');
});

test('a promise that never settles is told as still pending', async () => {
  const never = new Promise(() => {});

  const settlement = await waitForSettlement(never, 20);

  expect(judgeRefusal(settlement, boom).message()).toBe(
    'The promise is still pending; it should have rejected with Error: boom.',
  );
});

test('work that hung is told as such, not as a wrong rejection', async () => {
  class Hung extends KataFailure {
    override readonly kind = 'deadlock';
  }
  const hung = new Hung('Still waiting.');

  expect(await redRecord(() => expect(Promise.reject(hung)).toRejectWith(boom))).toMatchObject({
    kind: 'deadlock',
    message: 'Still waiting.',
  });
});
