import { test } from 'vitest';
import { expect } from '../expect.ts';
import { redMessage } from './fixtures/red-record.ts';

test('the exact starts pass', () => {
  expect([0, 0, 1000]).toStartAt([0, 0, 1000]);
});

test('batches are told from a window, and drawn', async () => {
  const batches = [0, 0, 0, 2000, 2000, 2000];
  const window = [0, 0, 0, 1000, 1500, 2000];

  expect(await redMessage(() => expect(batches).toStartAt(window))).toBe(
    [
      'Start 4 waited until 2000 ms although a place was free at 1000 ms.',
      'They started in batches of 3: each batch waited for the slowest of the one before it.',
      '  start   1  2  3     4     5     6',
      '  should  0  0  0  1000  1500  2000 ms',
      '  yours   0  0  0  2000  2000  2000 ms',
      '                   late  late',
    ].join('\n'),
  );
});

test('a start before its place was free is told as too early', async () => {
  const message = await redMessage(() => expect([0, 0, 0]).toStartAt([0, 0, 1000]));

  expect(message).toContain('Start 3 came at 0 ms, before a place was free at 1000 ms.');
  expect(message).not.toContain('batches');
});

test('missing and additional starts are counted', async () => {
  expect(await redMessage(() => expect([0]).toStartAt([0, 0, 10]))).toContain(
    'Only 1 start of 3 came: start 2 never did.',
  );
  expect(await redMessage(() => expect([0, 0]).toStartAt([0]))).toContain(
    '2 starts came, 1 was expected: start 2 is one too many.',
  );
});

test('a long list is shown around its first difference, in eighty columns', async () => {
  const window = Array.from({ length: 100 }, (_, index) => index * 1000);
  const late = window.map((start, index) => (index < 70 ? start : start + 1));

  const lines = (await redMessage(() => expect(late).toStartAt(window))).split('\n');

  expect(lines[0]).toContain('Start 71 waited until 70001 ms');
  expect(lines[1]).toMatch(/^ {2}start +67 /);
  for (const line of lines.slice(1)) expect(line.length).toBeLessThanOrEqual(80);
});
