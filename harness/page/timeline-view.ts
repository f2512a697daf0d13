import type { Kata } from '../catalog/kata.ts';
import type { KataResult, TestResult } from '../runner/kata-result.ts';
import { formatMs } from '../trace/format-ms.ts';
import type { Span } from '../trace/span.ts';
import { timelineSvg } from '../trace/svg-timeline.ts';
import { timeAxis } from '../trace/time-axis.ts';
import { editorLink } from './editor-link.ts';
import { markup, Markup } from './markup.ts';
import { placeName } from './own-place.ts';

/** What one test did, in the last red verdict and in the newest one. */
export interface TimelinePair {
  readonly name: string;
  readonly before: TestResult | null;
  readonly now: TestResult | null;
}

/**
 * The test whose timelines are drawn: the first that was red and recorded something, in the newest verdict or else in the one before; else
 * the first that recorded anything.
 */
export function chooseTimelines(
  before: KataResult | null,
  now: KataResult | null,
): TimelinePair | null {
  const tests = [...(now?.tests ?? []), ...(before?.tests ?? [])].filter(
    ({ spans }) => spans.length > 0,
  );
  const chosen = tests.find(({ verdict }) => verdict !== 'pass') ?? tests[0];
  if (chosen === undefined) return null;
  const { name } = chosen;
  const of = (result: KataResult | null): TestResult | null =>
    result?.tests.find((test) => test.name === name) ?? null;
  return { name, before: of(before), now: of(now) };
}

/** What the colours of a timeline mean; the bars differ by outline and pattern too. */
export function renderLegend(): Markup {
  const meanings = [
    ['done', 'done'],
    ['failed', 'failed'],
    ['cancelled', 'cancelled'],
    ['open', 'not ended'],
    ['stall', 'event loop blocked'],
  ];
  return markup`<ul class="legend" aria-label="What the bars mean">${meanings.map(
    ([kind, meaning]) => markup`<li class="${kind!}">${meaning!}</li>`,
  )}</ul>`;
}

/** Draws before and after beside each other, on one scale. */
export function renderTimeline(
  kata: Kata,
  before: KataResult | null,
  now: KataResult | null,
): Markup {
  const pair = chooseTimelines(before, now);
  const isShared = pair?.before?.virtual === pair?.now?.virtual;
  const until = isShared
    ? timeAxis([...(pair?.before?.spans ?? []), ...(pair?.now?.spans ?? [])], 6).end
    : 0;
  const panel = (heading: string, test: TestResult | null, empty: string): Markup =>
    markup`<figure class="lane">${renderCaption(heading, test)}
<div class="drawing" tabindex="0" role="region" aria-label="Timeline: ${heading}">${test === null || test.spans.length === 0 ? markup`<p class="quiet">${empty}</p>` : drawTest(kata, heading, test, until)}</div></figure>`;
  const nothing =
    now === null ? 'What ran when is drawn here.' : 'This kata recorded nothing to draw.';
  return markup`<p class="which-test">${pair === null ? '\u00a0' : pair.name}</p>
<div class="lanes">${panel('Before', pair?.before ?? null, 'Your last red answer stands here as soon as you save another one.')}
${panel('Now', pair?.now ?? null, nothing)}</div>`;
}

function renderCaption(heading: string, test: TestResult | null): Markup {
  if (test === null) return markup`<figcaption><strong>${heading}</strong></figcaption>`;
  const clock = test.virtual ? 'virtual time' : 'real time';
  const [kind, word] = test.verdict === 'pass' ? ['green', '✓ green'] : ['red', '✗ red'];
  return markup`<figcaption><strong>${heading}</strong> <span class="standing ${kind}">${word}</span> <span class="clock">${formatMs(lengthOf(test.spans))} ms, ${clock}</span></figcaption>`;
}

function lengthOf(spans: readonly Span[]): number {
  return spans.length === 0 ? 0 : timeAxis(spans, 1).end;
}

function drawTest(kata: Kata, heading: string, test: TestResult, until: number): Markup {
  const drawing = new Markup(timelineSvg(test.spans, { title: `${heading}: ${test.name}`, until }));
  const stalls = test.spans.filter(({ kind }) => kind === 'stall');
  return markup`${drawing}${stalls.length === 0 ? null : markup`<ul class="stalls">${stalls.map((span) => renderStall(kata, span))}</ul>`}`;
}

function renderStall(kata: Kata, { start, end, where }: Span): Markup {
  const times = `${formatMs(start)} – ${end === null ? 'open' : `${formatMs(end)} ms`}`;
  if (where === null) return markup`<li>The event loop stood still: ${times}.</li>`;
  return markup`<li>The event loop stood still: ${times}, in <a href="${editorLink(where.file, where.line)}">${placeName(kata, where)}</a></li>`;
}
