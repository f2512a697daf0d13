import { expect, test } from 'vitest';
import { parseIsoTime } from './iso-time.ts';

test.each([
  ['2026-03-01T18:00+01:00', '2026-03-01T17:00:00.000Z'],
  ['2026-03-01T18:00:30Z', '2026-03-01T18:00:30.000Z'],
  ['2026-03-01 18:00:30.5Z', '2026-03-01T18:00:30.500Z'],
])('%s is a time', (text, time) => {
  expect(parseIsoTime(text)?.toISOString()).toBe(time);
});

test('without a zone it is the time of this machine', () => {
  expect(parseIsoTime('2026-03-01T18:00')).toEqual(new Date(2026, 2, 1, 18));
});

test.each([
  '1.4.2026 08:00',
  '1/4/2026 08:00',
  '2026-02-30T08:00Z',
  '2026-03-01',
  '2026-03-01T25:00Z',
  '5',
  '',
])('"%s" is none, and is not guessed', (text) => {
  expect(parseIsoTime(text)).toBeNull();
});
