import { beforeEach, test } from 'vitest';
import { spanOf } from '../../trace/fixtures/span-of.ts';
import { startTrace } from '../../trace/trace.ts';
import { expect } from '../expect.ts';
import { redMessage, redRecord } from './fixtures/red-record.ts';

beforeEach(() => {
  startTrace();
});

test('the expected peak and hits pass', () => {
  const traffic = { hits: 3, peak: 3 };

  expect(traffic).toHavePeak(3);
  expect(traffic).toHavePeakAtMost(3);
  expect(traffic).toHaveHits(3);
});

test('a peak of one is told as one after another', async () => {
  const record = await redRecord(() => expect({ hits: 3, peak: 1 }).toHavePeak(3));

  expect(record.message).toBe(
    '3 requests were sent, never more than 1 at a time: they ran one after another. 3 at the same time were expected.',
  );
  expect(record.advice).toBe('Start them all before you wait for the first of them.');
  expect(record.location?.file).toContain('traffic-matchers.test.ts');
  expect(record.diff).toBe(null);
});

test('batches are seen in the trace', async () => {
  const trace = startTrace();
  for (const start of [0, 0, 1000]) trace.add(spanOf('GET /', start, start + 1000));

  expect(await redMessage(() => expect({ hits: 3, peak: 2 }).toHavePeak(3))).toBe(
    '3 requests were sent, never more than 2 at a time: they ran in 2 batches, and each waited for the one before it. 3 at the same time were expected.',
  );
});

test('too many at once are told with what was allowed', async () => {
  const traffic = { hits: 10, peak: 7 };

  expect(await redMessage(() => expect(traffic).toHavePeakAtMost(4))).toBe(
    '10 requests were sent, 7 of them at the same time; at most 4 at a time were allowed.',
  );
  expect(await redMessage(() => expect(traffic).toHavePeak(4))).toContain('at most 4');
});

test('missing and doubled requests are counted', async () => {
  expect(await redMessage(() => expect({ hits: 0, peak: 0 }).toHaveHits(1))).toBe(
    'No request was sent; 1 was expected.',
  );
  expect(await redMessage(() => expect({ hits: 1, peak: 1 }).toHaveHits(3))).toBe(
    '1 request was sent; 3 were expected.',
  );
  expect(await redMessage(() => expect({ hits: 0, peak: 0 }).toHavePeak(3))).toBe(
    'No request was sent.',
  );
});

test('a negated matcher is refused, since it would say nothing', async () => {
  expect(await redMessage(() => expect({ hits: 1, peak: 1 }).not.toHavePeak(3))).toContain(
    'Expected `toHavePeak` without `.not`: say what should happen',
  );
});
