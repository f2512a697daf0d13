import { expect, test } from 'vitest';
import { spanOf } from './fixtures/span-of.ts';
import { timelineSvg } from './svg-timeline.ts';

test('a timeline is told in its title and description', () => {
  const svg = timelineSvg([spanOf('GET /a', 0, 1000), spanOf('GET /b', 300, null)], {
    title: 'three fetches',
  });

  expect(svg).toContain('<title>three fetches</title>');
  expect(svg).toContain('<desc>GET /a: done, 0 – 1000 ms. GET /b: open, 300 – open.</desc>');
  expect(svg.match(/<rect /g)).toHaveLength(2);
});

test('text is escaped, so that no label becomes markup', () => {
  const svg = timelineSvg([spanOf('</text><script>"&\'', 0, 1)], { title: '<b>' });

  expect(svg).not.toContain('<script');
  expect(svg).toContain('&lt;/text&gt;&lt;script&gt;');
  expect(svg).toContain('<title>&lt;b&gt;</title>');
});

test('nothing recorded is said as such', () => {
  expect(timelineSvg([], { title: 'idle' })).toContain('<desc>Nothing was recorded.</desc>');
});

test('two timelines can share one scale', () => {
  const svg = timelineSvg([spanOf('a', 0, 1000)], { title: 'short', until: 3000 });

  expect(svg).toContain('>3000</text>');
  expect(svg).toContain('x="166" y="6" width="101.3"');
});

test('a thousand spans stay a small picture', () => {
  const spans = Array.from({ length: 1000 }, (_, index) =>
    spanOf(`GET /${index}`, index, index + 1),
  );

  const svg = timelineSvg(spans, { title: 'many' });

  expect(svg.match(/<rect /g)).toHaveLength(9);
  expect(svg).toContain('… and 992 more like these');
});
