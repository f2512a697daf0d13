import { beforeEach, test } from 'vitest';
import { spanOf } from '../../trace/fixtures/span-of.ts';
import { startTrace } from '../../trace/trace.ts';
import type { Trace } from '../../trace/trace.ts';
import { expect } from '../expect.ts';
import { redMessage, redRecord } from './fixtures/red-record.ts';

let trace: Trace;

beforeEach(() => {
  trace = startTrace();
  trace.restart({ virtual: true });
});

test('the exact time passes, the error of floating point aside', () => {
  expect({ virtualMs: 1000 }).toTakeVirtually(1000);
  expect({ virtualMs: 1000.0000000001 }).toTakeVirtually(1000);
  expect({ virtualMs: 1199 }).toTakeVirtuallyUnder(1200);
});

test('work that ran one after another is told so, with the time that it takes at once', async () => {
  for (const start of [0, 1000, 2000]) trace.add(spanOf('GET /', start, start + 1000));

  const record = await redRecord(() => expect({ virtualMs: 3000 }).toTakeVirtually(1000));

  expect(record.message).toBe(
    [
      'Your code took 3000 ms; it should take 1000 ms.',
      '3 requests were sent, never more than 1 at a time: they ran one after another. At the same time they take 1000 ms.',
    ].join('\n'),
  );
  expect(record.advice).toBe('Start all of them before you wait for the first.');
});

test('timers tell it where no request was sent', async () => {
  for (const start of [0, 0, 1000])
    trace.add(spanOf('wait', start, start + 1000, { kind: 'timer' }));

  expect(await redMessage(() => expect({ virtualMs: 2000 }).toTakeVirtuallyUnder(1200))).toBe(
    [
      'Your code took 2000 ms; it should take less than 1200 ms.',
      '3 timers were set, never more than 2 at a time: they ran in 2 batches, and each waited for the one before it. At the same time they take 1000 ms.',
    ].join('\n'),
  );
});

test('code that is done too early is told what it did not wait for', async () => {
  trace.add(spanOf('GET /a', 0, 500));
  trace.add(spanOf('GET /b', 0, null));

  expect(await redMessage(() => expect({ virtualMs: 500 }).toTakeVirtually(1000))).toBe(
    'Your code took 500 ms; it should take 1000 ms.\nIt did not wait for all of its work: 1 of 2 requests was still going on when it was done.',
  );
});

test('code that waits for nothing is told so', async () => {
  expect(await redMessage(() => expect({ virtualMs: 0 }).toTakeVirtually(1000))).toBe(
    'Your code took 0 ms; it should take 1000 ms.\nIt waited for nothing.',
  );
});

test('spans of real time explain nothing about virtual time', async () => {
  trace.restart({ virtual: false });
  trace.add(spanOf('GET /', 0, 1000));

  expect(await redMessage(() => expect({ virtualMs: 3000 }).toTakeVirtually(1000))).toBe(
    'Your code took 3000 ms; it should take 1000 ms.',
  );
});
