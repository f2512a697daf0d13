import { stripVTControlCharacters } from 'node:util';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { displayWidth } from './fit-text.ts';
import { spanOf } from './fixtures/span-of.ts';
import type { SpanKind, SpanOutcome } from './span.ts';
import { drawTimeline } from './text-timeline.ts';

test('nothing recorded draws nothing', () => {
  expect(drawTimeline([])).toBe('');
});

test('requests one after another are bars that touch but do not overlap', () => {
  const spans = [
    spanOf('GET /a', 0, 1000),
    spanOf('GET /b', 1000, 2000),
    spanOf('GET /c', 2000, 3000),
  ];

  expect(drawTimeline(spans, { width: 60, virtual: true })).toBe(
    [
      'GET /a ████████████                              0 – 1000 ms',
      'GET /b             █████████████              1000 – 2000 ms',
      'GET /c                          ████████████  2000 – 3000 ms',
      '       ├───────────┼────────────┼──────────┤',
      '       0           1000         2000    3000      virtual ms',
    ].join('\n'),
  );
});

test('each outcome has its own fill, and the legend names those that occur', () => {
  const spans = [
    spanOf('whole', 0, 100),
    spanOf('broken', 0, 100, { outcome: 'failed' }),
    spanOf('aborted', 0, 100, { outcome: 'cancelled' }),
    spanOf('waiting', 0, null),
  ];

  const drawn = drawTimeline(spans);

  expect(drawn).toMatch(/^whole +█+ /m);
  expect(drawn).toMatch(/^broken +×+ /m);
  expect(drawn).toMatch(/^aborted +╌+ /m);
  expect(drawn).toMatch(/^waiting +>+ +0 – open$/m);
  expect(drawn.split('\n').at(-1)).toBe('█ done   × failed   ╌ cancelled   > not ended');
});

test('a blocked event loop is told in the legend', () => {
  const drawn = drawTimeline([spanOf('loop', 20, 124, { kind: 'stall' })]);

  expect(drawn).toContain('▒▒▒');
  expect(drawn).toContain('event loop blocked');
  expect(drawn).not.toContain('done');
});

test('a hundred alike requests take a few rows', () => {
  const spans = Array.from({ length: 100 }, (_, index) =>
    spanOf(`GET /items/${index}`, Math.floor(index / 10) * 100, Math.floor(index / 10) * 100 + 100),
  );

  const lines = drawTimeline(spans).split('\n');

  expect(lines).toHaveLength(11);
  expect(lines[8]).toMatch(/^… and 92 more like these ·+ +0 – 1000 ms$/);
});

test('spans that differ stay within the given number of rows too', () => {
  const spans = Array.from({ length: 40 }, (_, index) =>
    spanOf('x'.repeat(index + 1), index, index + 1),
  );

  const lines = drawTimeline(spans, { maxRows: 10 }).split('\n');

  expect(lines).toHaveLength(12);
  expect(lines[9]).toMatch(/^… and 31 more +·+ +9 – 40 ms$/);
});

test('a blocked event loop is shown before what started earlier', () => {
  const spans = Array.from({ length: 40 }, (_, index) =>
    spanOf('x'.repeat(index + 1), index, index + 1),
  );
  spans.push(spanOf('held by sleepSync', 39, 140, { kind: 'stall' }));

  expect(drawTimeline(spans, { maxRows: 10 })).toMatch(/^held by sleepSync +▒/m);
});

test('a span without a length is still seen', () => {
  const [first, second] = drawTimeline([spanOf('a', 0, 0), spanOf('b', 100, 100)]).split('\n');

  expect(first!.match(/█/g)).toHaveLength(1);
  expect(second!.match(/█/g)).toHaveLength(1);
});

test('a label cannot break the rows', () => {
  const drawn = drawTimeline([spanOf('\u001b[31mGET /a\nINJECTED\u202e', 0, 1)]);

  expect(drawn.split('\n')).toHaveLength(3);
  expect(drawn).toMatch(/^GET \/a INJECTED █/);
});

test('colour changes nothing but colour', () => {
  const spans = [spanOf('a', 0, 10), spanOf('b', 5, null)];

  const coloured = drawTimeline(spans, { colour: true });

  expect(coloured).not.toBe(drawTimeline(spans));
  expect(stripVTControlCharacters(coloured)).toBe(drawTimeline(spans));
});

test('no line is wider than the given width, whatever the spans', () => {
  const span = fc
    .record({
      label: fc.string({ unit: 'grapheme', maxLength: 60 }),
      kind: fc.constantFrom<SpanKind>('request', 'timer', 'task', 'stall'),
      start: fc.double({ min: 0, max: 1e6, noNaN: true }),
      length: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
      outcome: fc.constantFrom<SpanOutcome>('done', 'failed', 'cancelled'),
    })
    .map(({ label, kind, start, length, outcome }) =>
      spanOf(label, start, length === null ? null : start + length, {
        kind,
        outcome: length === null ? 'open' : outcome,
      }),
    );

  fc.assert(
    fc.property(
      fc.array(span, { maxLength: 40 }),
      fc.integer({ min: 1, max: 100 }),
      (spans, width) => {
        for (const line of drawTimeline(spans, { width }).split('\n')) {
          expect(displayWidth(line)).toBeLessThanOrEqual(width);
        }
      },
    ),
    // The same cases every time: a red test must not depend on luck.
    { seed: 1, numRuns: 300 },
  );
});
