import { expect, test } from 'vitest';
import type { DemoFigures } from './bench-demo.ts';
import { drawSvg, drawTable } from './draw-figures.ts';
import { isLoopback } from './loopback.ts';

const figures: DemoFigures = {
  path: '/test/sync',
  totalMs: 10_050,
  requestsPerSecond: 9.95,
  p50Ms: 5040,
  p99Ms: 10_030,
  maxMs: 10_040,
  errors: 0,
  statuses: { 200: 100 },
  longestStallMs: 9300,
  healthzMs: 140.4,
};

test('draws the table in 80 columns', () => {
  const text = drawTable([figures, { ...figures, path: '/async/wrap-blocking' }]);

  expect(text.split('\n').every((line) => line.length <= 80)).toBe(true);
  expect(text).toContain(
    '/test/sync              10.1 s     9.9   5.0 s  10.0 s      0   9.3 s  140 ms',
  );
});

test('shows what is not known as a dash', () => {
  expect(drawTable([{ ...figures, longestStallMs: null, p50Ms: Number.NaN }])).toMatch(/ - .* - /);
});

test('draws two bars for each path', () => {
  const svg = drawSvg([figures]);

  expect(svg.match(/<rect /g)).toHaveLength(2);
  expect(svg).toContain('total 10.1 s');
  expect(svg).toContain('healthz 140 ms');
});

test.each([
  ['http://127.0.0.1:3000', true],
  ['http://127.9.9.9', true],
  ['http://localhost:3000', true],
  ['http://[::1]:80', true],
  ['http://127.0.0.1.example.com', false],
  ['http://192.168.1.1', false],
  ['http://example.com', false],
])('%s is on this machine: %s', (url, expected) => {
  expect(isLoopback(new URL(url))).toBe(expected);
});
