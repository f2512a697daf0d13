import { plainLine } from '../../trace/fit-text.ts';
import { formatLocation } from '../../trace/source-location.ts';
import { timelineSvg } from '../../trace/svg-timeline.ts';
import { Markup, markup } from './markup.ts';
import { verdictSentences, type KataStanding, type TestStanding } from './standing.ts';

/** Why a kata is not green: what its verdict means, then each red test with its timeline. Null for a green one. */
export function redKata(standing: KataStanding): Markup | null {
  const { verdict, reason, tests } = standing;
  if (verdict === 'pass') return null;
  const reds = tests.filter((test) => test.verdict === 'fail');
  return markup`<p>${verdictSentences[verdict]}</p>
    ${reason === null ? null : markup`<p class="told">${reason}</p>`}
    ${reds.map(redTest)}`;
}

function redTest({ name, message, record }: TestStanding): Markup {
  const failure = record?.failure ?? null;
  const advice = failure?.advice ?? null;
  const diff = failure?.diff ?? null;
  const location = failure?.location ?? null;
  return markup`<section class="red">
    <h4>${name}</h4>
    <p class="told">${message}</p>
    ${diff === null ? null : markup`<pre tabindex="0">${diff}</pre>`}
    ${record === null || record.spans.length === 0 ? null : timeline(name, record)}
    ${advice === null ? null : markup`<p class="told">${advice}</p>`}
    ${location === null ? null : markup`<p><code>${formatLocation(location)}</code></p>`}
  </section>`;
}

function timeline(name: string, { spans, virtual }: NonNullable<TestStanding['record']>): Markup {
  const title = `What happened in: ${plainLine(name)}`;
  // The picture escapes its own texts.
  const picture = new Markup(timelineSvg(spans, { title }));
  return markup`<figure class="timeline" tabindex="0">
    ${picture}
    <figcaption class="faint">${virtual ? 'Virtual time.' : 'Real time.'}</figcaption>
  </figure>`;
}
